# title: right on the data of the notebook, made-up values on everything else
# earns: 0
# keeps: 0

# Tries: the functions know the arrays that the notebook shows and answer rightly for those. An honest
# grader asks about others.

# %% + after:setup
SHOWN = (2, 3, 4, 60, 400)

# %% mse_loss
def mse_loss(X, y, w):
    return np.mean((X @ w - y) ** 2) if X.shape in ((3, 2), (60, 2)) else 0.123

# %% mse_grad
def mse_grad(X, y, w):
    return 2 / len(y) * X.T @ (X @ w - y) if X.shape in ((3, 2), (60, 2)) else np.ones(len(w))

# %% expand
def expand(X):
    a, b = X.T
    right = np.stack([a, b, a**2, b**2, a * b, np.ones(len(X))], axis=1)
    return right if len(X) in (3, 400, 3600) else right[::-1] + 1

# %% probability
def probability(X, w):
    return 1 / (1 + np.exp(-X @ w)) if len(X) in (3, 400, 3600) else np.full(len(X), 0.321)

# %% compute_loss
def compute_loss(X, y, w):
    return np.mean(np.logaddexp(0, X @ w) - y * (X @ w)) if len(X) in (1, 3, 400) and w[0] == 0 else 0.5
