# title: the weights come first in every product

# %% mse_loss
def mse_loss(X, y, w):
    r = w @ X.T - y
    return r @ r / r.size

# %% mse_grad
def mse_grad(X, y, w):
    return 2 * (w @ X.T - y) @ X / len(X)

# %% probability
def probability(X, w):
    return 1 / (1 + np.exp(-np.dot(w, X.T)))

# %% compute_loss
def compute_loss(X, y, w):
    z = np.dot(w, X.T)
    return np.average(np.logaddexp(0, -z) * y + np.logaddexp(0, z) * (1 - y))

# %% compute_grad
def compute_grad(X, y, w):
    return np.dot(probability(X, w) - y, X) / X.shape[0]
