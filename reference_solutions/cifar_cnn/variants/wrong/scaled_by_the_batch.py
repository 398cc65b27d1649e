# title: pixels are scaled by mean and spread of whatever comes together
# loses: check_prepare

# `predict` hangs on the batch by that, and is asked once more with a right `prepare`.

# %% prepare
def prepare(images):
    pixels = images.astype("float32")
    return (pixels - pixels.mean()) / (pixels.std() + 1e-6)
