# title: half the side to each side of the middle: odd pictures lose a row and a column
# loses: check_crop

# %% image_center_crop
def image_center_crop(img):
    h, w = tf.shape(img)[0], tf.shape(img)[1]
    half = tf.minimum(h, w) // 2
    return img[h // 2 - half : h // 2 + half, w // 2 - half : w // 2 + half]
