# title: predict forgets to normalise
# loses: check_predict

# %% predict
def predict(images):
    return model.predict(images.astype(np.float32), verbose=0)
