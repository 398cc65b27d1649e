# title: the minus in front of the cross-entropy is forgotten
# loses: check_compute_loss, check_stable_loss, check_histories

# %% compute_loss
def compute_loss(X, y, w):
    z = X @ w
    return np.mean(y * z - np.logaddexp(0, z))
