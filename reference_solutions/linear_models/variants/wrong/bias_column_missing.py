# title: expand forgets the constant feature
# loses: check_expand, check_histories

# %% expand
def expand(X):
    x0 = X[:, 0]
    x1 = X[:, 1]
    return np.vstack([x0, x1, x0 ** 2, x1 ** 2, x0 * x1]).T
