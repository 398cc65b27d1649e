# title: the pictures are mixed, not their codes
# loses: check_morph

# %% morph
def morph(encoder, decoder, image_a, image_b, steps=9):
    a, b = decoder.predict(encoder.predict(np.stack([image_a, image_b]), verbose=0), verbose=0)
    return np.stack([(1 - t) * a + t * b for t in np.linspace(0, 1, steps)])
