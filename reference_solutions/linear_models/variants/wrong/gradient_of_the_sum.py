# title: the gradient is summed over the batch, not averaged
# loses: check_compute_grad

# %% compute_grad
def compute_grad(X, y, w):
    return np.dot(X.T, probability(X, w) - y)
