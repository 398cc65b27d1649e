# title: only the rows of class 1 count in the loss
# loses: check_compute_loss, check_stable_loss, check_histories

# %% compute_loss
def compute_loss(X, y, w):
    return np.mean(y * np.logaddexp(0, -(X @ w)))
