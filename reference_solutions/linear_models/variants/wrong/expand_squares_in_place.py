# title: expand squares the array that it was given
# loses: check_expand

# %% expand
def expand(X):
    plain = X.copy()
    product = X[:, 0] * X[:, 1]
    X *= X
    return np.hstack([plain, X, product[:, None], np.ones((len(X), 1))])
