# title: loss and gradient are left for each row, the mean is forgotten
# loses: check_compute_loss, check_stable_loss, check_compute_grad, check_histories

# %% compute_loss
def compute_loss(X, y, w):
    z = X @ w
    return np.logaddexp(0, z) - y * z

# %% compute_grad
def compute_grad(X, y, w):
    return (probability(X, w) - y)[:, None] * X
