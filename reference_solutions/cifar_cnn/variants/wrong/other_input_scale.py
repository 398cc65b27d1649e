# title: inputs from -1 to 1, everywhere alike
# loses: check_prepare

# %% prepare
def prepare(images):
    return images.astype("float32") / 127.5 - 1
