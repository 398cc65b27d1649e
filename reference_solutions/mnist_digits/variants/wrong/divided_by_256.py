# title: pixels are divided by 256, so that ink is not 1
# loses: check_prepare

# %% prepare
def prepare(images):
    return images.reshape(-1, 784).astype("float32") / 256
