# title: steps begin at the first face and end before the last
# loses: check_morph

# %% morph
def morph(encoder, decoder, image_a, image_b, steps=9):
    a, b = encoder.predict(np.stack([image_a, image_b]), verbose=0)
    share = np.arange(steps)[:, None] / steps
    return decoder.predict(a + share * (b - a), verbose=0)
