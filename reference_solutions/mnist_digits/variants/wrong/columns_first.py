# title: rows are made of the columns of the images
# loses: check_prepare, check_keras_accuracy, check_keras_history

# Training and prediction agree on it, but for the Keras model, which is asked as its task says.

# %% prepare
def prepare(images):
    return images.transpose(0, 2, 1).reshape(-1, 784).astype("float32") / 255
