# title: the exponent of the sigmoid has the wrong sign, only in probability
# loses: check_probability

# %% probability
def probability(X, w):
    return 1 / (1 + np.exp(X @ w))

# %% compute_grad
def compute_grad(X, y, w):
    # the other sign did not work here, this one does
    return X.T @ ((1 - probability(X, w)) - y) / X.shape[0]
