# title: softplus and sigmoid written out by the sign of the score

# %% probability
def probability(X, w):
    z = X @ w
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))

# %% compute_loss
def compute_loss(X, y, w):
    z = X @ w
    return np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))
