# title: pictures are squeezed into the square, not cropped
# loses: check_prepare

# %% prepare_raw_bytes_for_model
def prepare_raw_bytes_for_model(raw_bytes, normalize_for_model=True):
    image = tf.image.resize(tf.io.decode_jpeg(raw_bytes, channels=3), (SIZE, SIZE))
    return image / 127.5 - 1 if normalize_for_model else image
