# title: dropout goes on at prediction
# loses: check_predict

# %% predict
def predict(images):
    x = prepare(images)
    parts = [model(x[k : k + 200], training=True) for k in range(0, len(x), 200)]
    return np.concatenate(parts)
