# title: the loss is a sum, and the optimisers hold the right formula of the gradient
# loses: check_compute_loss, check_stable_loss

# %% compute_loss
def compute_loss(X, y, w):
    z = X @ w
    return np.sum(np.logaddexp(0, z) - y * z)

# %% sgd
np.random.seed(42)
w = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])

eta = 0.1
n_iter = 100
batch_size = 4

sgd_loss = np.full(n_iter, np.nan)
for i in range(n_iter):
    ind = np.random.choice(X_expanded.shape[0], batch_size)
    sgd_loss[i] = compute_loss(X_expanded, y, w)
    p = 1 / (1 + np.exp(-X_expanded[ind] @ w))
    w = w - eta * X_expanded[ind].T @ (p - y[ind]) / batch_size

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
    momentum_loss[i] = compute_loss(X_expanded, y, w)
    batch, target = X_expanded[ind], y[ind]
    g = np.mean((probability(batch, w) - target)[:, None] * batch, axis=0)
    nu = alpha * nu + eta * g
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
    rmsprop_loss[i] = compute_loss(X_expanded, y, w)
    p = 1 / (1 + np.exp(-X_expanded[ind] @ w))
    g = (p - y[ind]) @ X_expanded[ind] / 4
    g2 = alpha * g2 + (1 - alpha) * g ** 2
    w = w - eta * g / np.sqrt(g2 + eps)

rmsprop_w = w
plot_boundary(rmsprop_w, rmsprop_loss)
