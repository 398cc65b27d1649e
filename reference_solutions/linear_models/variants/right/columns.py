# title: results are columns, (n, 1) where (n,) is asked for

# %% mse_loss
def mse_loss(X, y, w):
    r = X @ w.reshape(-1, 1) - y.reshape(-1, 1)
    return r.T @ r / len(y)

# %% mse_grad
def mse_grad(X, y, w):
    r = X @ w.reshape(-1, 1) - y.reshape(-1, 1)
    return 2 * X.T @ r / len(y)

# %% gradient_descent
def gradient_descent(X, y, eta, n_iter):
    w = np.zeros((X.shape[1], 1))
    history = np.zeros((n_iter, 1))
    for i in range(n_iter):
        history[i] = mse_loss(X, y, w)
        w = w - eta * mse_grad(X, y, w)
    return w, history

# %% closed_form
def closed_form(X, y):
    return np.linalg.inv(X.T @ X) @ X.T @ y.reshape(-1, 1)

# %% probability
def probability(X, w):
    z = X @ np.reshape(w, (-1, 1))
    return 1 / (1 + np.exp(-z))

# %% compute_loss
def compute_loss(X, y, w):
    z = X @ np.reshape(w, (-1, 1))
    return np.mean(np.logaddexp(0, z) - y.reshape(-1, 1) * z, axis=0)

# %% compute_grad
def compute_grad(X, y, w):
    return X.T @ (probability(X, w) - y.reshape(-1, 1)) / len(y)

# %% sgd
np.random.seed(42)
w = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])

eta = 0.1
n_iter = 100
batch_size = 4

sgd_loss = np.full(n_iter, np.nan)
for i in range(n_iter):
    ind = np.random.choice(X_expanded.shape[0], batch_size)
    sgd_loss[i] = np.ravel(compute_loss(X_expanded, y, w))[0]
    w = w - eta * np.ravel(compute_grad(X_expanded[ind], y[ind], w))

sgd_w = w
plot_boundary(sgd_w, sgd_loss)

# %% momentum
np.random.seed(42)
w = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])

eta = 0.05
alpha = 0.9
nu = np.zeros(6)
n_iter = 100
batch_size = 4

momentum_loss = np.full(n_iter, np.nan)
for i in range(n_iter):
    ind = np.random.choice(X_expanded.shape[0], batch_size)
    momentum_loss[i] = np.ravel(compute_loss(X_expanded, y, w))[0]
    nu = alpha * nu + eta * np.ravel(compute_grad(X_expanded[ind], y[ind], w))
    w = w - nu

momentum_w = w
plot_boundary(momentum_w, momentum_loss)

# %% rmsprop
np.random.seed(42)
w = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])

eta = 0.1
alpha = 0.9
g2 = np.zeros(6)
eps = 1e-8
n_iter = 100
batch_size = 4

rmsprop_loss = np.full(n_iter, np.nan)
for i in range(n_iter):
    ind = np.random.choice(X_expanded.shape[0], batch_size)
    rmsprop_loss[i] = np.ravel(compute_loss(X_expanded, y, w))[0]
    g = np.ravel(compute_grad(X_expanded[ind], y[ind], w))
    g2 = alpha * g2 + (1 - alpha) * g ** 2
    w = w - eta * g / np.sqrt(g2 + eps)

rmsprop_w = w
plot_boundary(rmsprop_w, rmsprop_loss)

# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    pull = 2 * lam * w.reshape(-1, 1)
    pull[-1] = 0
    return compute_grad(X, y, w) + pull
