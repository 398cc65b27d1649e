# title: the square begins in the upper left corner
# loses: check_crop

# %% image_center_crop
def image_center_crop(img):
    side = tf.minimum(tf.shape(img)[0], tf.shape(img)[1])
    return img[:side, :side]
