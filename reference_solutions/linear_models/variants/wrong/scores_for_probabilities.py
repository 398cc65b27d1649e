# title: probability returns the score, the sigmoid is applied elsewhere
# loses: check_probability

# %% probability
def probability(X, w):
    return np.dot(X, w)

# %% compute_grad
def compute_grad(X, y, w):
    p = 1 / (1 + np.exp(-probability(X, w)))
    return np.dot(X.T, p - y) / len(y)
