# title: predict says the first class, whatever it sees
# loses: check_predict

# %% predict
def predict(images):
    return np.eye(CLASSES)[np.zeros(len(images), dtype=int)]
