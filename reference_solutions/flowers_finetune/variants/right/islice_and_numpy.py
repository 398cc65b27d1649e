# title: batches by islice, the crop by numpy's shape, area interpolation, everything in one function

# %% image_center_crop
def image_center_crop(img):
    h, w = int(img.shape[0]), int(img.shape[1])
    s = min(h, w)
    y, x = (h - s + 1) // 2, (w - s + 1) // 2
    return np.asarray(img)[y : y + s, x : x + s, :]

# %% prepare_raw_bytes_for_model
def prepare_raw_bytes_for_model(raw_bytes, normalize_for_model=True):
    img = tf.io.decode_jpeg(raw_bytes, channels=3)
    h, w = tf.shape(img)[0], tf.shape(img)[1]
    s = tf.minimum(h, w)
    img = tf.image.crop_to_bounding_box(img, (h - s) // 2, (w - s) // 2, s, s)
    img = tf.image.resize(img, [SIZE, SIZE], method="area")
    if not normalize_for_model:
        return tf.cast(tf.round(img), tf.uint8)
    return (img - 127.5) / 127.5

# %% batch_generator
from itertools import islice


def batch_generator(items, batch_size):
    source = iter(items)
    while batch := list(islice(source, batch_size)):
        yield batch
