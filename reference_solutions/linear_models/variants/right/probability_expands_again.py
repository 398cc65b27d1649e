# title: probability expands the first two columns once more

# %% probability
def probability(X, w):
    return 1 / (1 + np.exp(-expand(X) @ w))

# %% compute_grad
def compute_grad(X, y, w):
    m = X.shape[0]
    return (1 / m) * np.dot(expand(X).T, probability(X, w) - y)
