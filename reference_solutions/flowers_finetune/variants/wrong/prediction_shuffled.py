# title: predict takes the pipeline of training: another order, and changed pictures
# loses: check_predict

# %% predict
def predict(files):
    data = make_dataset(files, np.zeros(len(files)), prepare_raw_bytes_for_model, 64, True)
    return model.predict(data, verbose=0)
