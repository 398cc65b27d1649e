# title: the direction is brought to length 1 before a face is moved along it
# loses: check_along

# %% change_attribute
def change_attribute(encoder, decoder, image, direction, amounts):
    code = encoder.predict(image[None], verbose=0)
    unit = direction / np.linalg.norm(direction)
    return decoder.predict(code + np.asarray(amounts)[:, None] * unit, verbose=0)
