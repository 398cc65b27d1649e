# title: losses leave their arguments altered: residuals in y, weights rounded
# loses: check_mse_loss, check_compute_loss, check_stable_loss

# %% mse_loss
def mse_loss(X, y, w):
    y -= X @ w
    return np.mean(y ** 2)

# %% compute_loss
def compute_loss(X, y, w):
    w[:] = np.round(w, 9)
    z = X @ w
    return np.mean(np.logaddexp(0, z) - y * z)
