# title: raw pixels go into the encoder
# loses: check_encode

# %% encode
def encode(images):
    return encoder.predict(np.asarray(images, np.float32), batch_size=100, verbose=0)
