# title: predict forgets to normalise
# loses: check_predict

# %% predict
def predict(files):
    pictures = [prepare_raw_bytes_for_model(raw, normalize_for_model=False) for raw in files]
    return model.predict(np.stack(pictures), verbose=0)
