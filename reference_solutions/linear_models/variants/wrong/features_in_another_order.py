# title: expand puts the product before the squares
# loses: check_expand

# %% expand
def expand(X):
    x0 = X[:, 0]
    x1 = X[:, 1]
    return np.vstack([x0, x1, x0 * x1, x0 ** 2, x1 ** 2, np.ones(X.shape[0])]).T
