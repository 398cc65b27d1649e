# title: rows are made of the columns of the images
# loses: check_prepare

# Training and prediction agree on it: the Keras model is asked about rows of this kind, too.

# %% prepare
def prepare(images):
    return images.transpose(0, 2, 1).reshape(-1, 784).astype("float32") / 255
