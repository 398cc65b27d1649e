# title: pixels from 0 to 255 go into the network
# loses: check_prepare, check_curve, check_accuracy

# %% prepare_raw_bytes_for_model
def prepare_raw_bytes_for_model(raw_bytes, normalize_for_model=True):
    image = image_center_crop(tf.io.decode_jpeg(raw_bytes, channels=3))
    return tf.image.resize(image, (SIZE, SIZE))
