# title: as many columns as the largest label that happens to be there
# loses: check_one_hot

# %% one_hot
def one_hot(labels):
    return np.eye(labels.max() + 1, dtype="float32")[labels]
