# title: optimisers read the data by other names, as defaults, or bound to a function

# %% + after:plot_boundary
from functools import partial

features, labels = X_expanded, y.astype(float)


def pull(w, ind, X=X_expanded, y=y):
    return compute_grad(X[ind], y[ind], w)


def pull_of(X, y, w, ind):
    return compute_grad(X[ind], y[ind], w)


pull_here = partial(pull_of, X_expanded, y)

# %% sgd
np.random.seed(42)
w = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])

eta = 0.1
n_iter = 100
batch_size = 4

assert X_expanded.shape == (len(labels), 6)
sgd_loss = np.full(n_iter, np.nan)
for i in range(n_iter):
    ind = np.random.choice(features.shape[0], batch_size)
    sgd_loss[i] = compute_loss(features, labels, w)
    w = w - eta * compute_grad(features[ind], labels[ind], w)

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
    nu = alpha * nu + eta * pull(w, ind)
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
    g = pull_here(w, ind)
    g2 = alpha * g2 + (1 - alpha) * g**2
    w = w - eta * g / np.sqrt(g2 + eps)

rmsprop_w = w
plot_boundary(rmsprop_w, rmsprop_loss)
