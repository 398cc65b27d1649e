# title: the channels in the order of another library
# loses: check_prepare

# %% prepare_raw_bytes_for_model
def prepare_raw_bytes_for_model(raw_bytes, normalize_for_model=True):
    image = image_center_crop(tf.io.decode_jpeg(raw_bytes, channels=3))[..., ::-1]
    image = tf.image.resize(image, (SIZE, SIZE))
    return image / 127.5 - 1 if normalize_for_model else image
