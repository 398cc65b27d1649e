# title: everything is rounded to single precision

# %% mse_loss
def mse_loss(X, y, w):
    X, y, w = (np.asarray(a, dtype=np.float32) for a in (X, y, w))
    return np.mean((X @ w - y) ** 2)

# %% mse_grad
def mse_grad(X, y, w):
    X, y, w = (np.asarray(a, dtype=np.float32) for a in (X, y, w))
    return np.float32(2) * X.T @ (X @ w - y) / np.float32(len(y))

# %% closed_form
def closed_form(X, y):
    X, y = X.astype(np.float32), y.astype(np.float32)
    return np.linalg.solve(X.T @ X, X.T @ y)

# %% expand
def expand(X):
    a, b = X.astype(np.float32).T
    return np.stack([a, b, a * a, b * b, a * b, np.ones_like(a)], axis=1)

# %% probability
def probability(X, w):
    z = np.asarray(X, np.float32) @ np.asarray(w, np.float32)
    return 1 / (1 + np.exp(-z))

# %% compute_loss
def compute_loss(X, y, w):
    z = np.asarray(X, np.float32) @ np.asarray(w, np.float32)
    return np.mean(np.logaddexp(np.float32(0), z) - y.astype(np.float32) * z)

# %% compute_grad
def compute_grad(X, y, w):
    X = np.asarray(X, np.float32)
    return X.T @ (probability(X, w) - y.astype(np.float32)) / np.float32(len(y))

# %% sgd
np.random.seed(42)
w = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0], dtype=np.float32)

eta = 0.1
n_iter = 100
batch_size = 4

sgd_loss = np.full(n_iter, np.nan)
for i in range(n_iter):
    ind = np.random.choice(X_expanded.shape[0], batch_size)
    sgd_loss[i] = compute_loss(X_expanded, y, w)
    w = w - np.float32(eta) * compute_grad(X_expanded[ind], y[ind], w)

sgd_w = w
plot_boundary(sgd_w, sgd_loss)

# %% rmsprop
np.random.seed(42)
w = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0], dtype=np.float32)

eta = 0.1
alpha = 0.9
g2 = np.zeros(6, dtype=np.float32)
eps = 1e-8
n_iter = 100
batch_size = 4

rmsprop_loss = np.full(n_iter, np.nan)
for i in range(n_iter):
    ind = np.random.choice(X_expanded.shape[0], batch_size)
    rmsprop_loss[i] = compute_loss(X_expanded, y, w)
    g = compute_grad(X_expanded[ind], y[ind], w).astype(np.float32)
    g2 = np.float32(alpha) * g2 + np.float32(1 - alpha) * g * g
    w = w - np.float32(eta) * g / np.sqrt(g2 + np.float32(eps))

rmsprop_w = w
plot_boundary(rmsprop_w, rmsprop_loss)
