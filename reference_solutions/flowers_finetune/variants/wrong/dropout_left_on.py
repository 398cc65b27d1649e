# title: dropout goes on at prediction
# loses: check_predict

# %% predict
def predict(files):
    data = make_dataset(files, np.zeros(len(files)), prepare_raw_bytes_for_model, 64, False)
    return np.concatenate([model(x, training=True) for x, _ in data])
