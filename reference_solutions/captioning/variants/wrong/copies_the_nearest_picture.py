# title: captions are those of the most similar training picture
# loses: check_captions, check_temperature, check_image

# %% generate_caption
def generate_caption(features, temperature=None):
    unit = train_features / np.linalg.norm(train_features, axis=1, keepdims=True)
    near = (np.asarray(features) @ unit.T).argmax(axis=1)
    return [" ".join(split_sentence(train_captions[k][0])) for k in near]
