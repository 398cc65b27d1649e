# title: the cross-entropy is summed, not averaged; its gradient follows
# loses: check_compute_loss, check_stable_loss

# %% compute_loss
def compute_loss(X, y, w):
    z = X @ w
    return np.sum(np.logaddexp(0, z) - y * z)

# %% compute_grad
def compute_grad(X, y, w):
    return X.T @ (probability(X, w) - y)
