# title: knows the validation pictures by heart, and nothing else
# earns: 0
# keeps: 0

# Tries: predict looks up pictures that the notebook shows. An honest grader asks about others.

# %% predict
_known = {picture.tobytes(): label for picture, label in zip(x_valid, y_valid)}


def predict(images):
    return np.eye(10)[[_known.get(picture.tobytes(), 0) for picture in images]]
