# title: optimisers expand, count and draw the points themselves

# %% sgd
np.random.seed(42)
w = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])

eta = 0.1
n_iter = 100
batch_size = 4

sgd_loss = np.full(n_iter, np.nan)
for i in range(n_iter):
    ind = np.random.choice(len(X), batch_size)
    sgd_loss[i] = compute_loss(X_expanded, y, w)
    w = w - eta * compute_grad(expand(X[ind]), y[ind], w)

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
    ind = np.random.choice(X.shape[0], batch_size)
    momentum_loss[i] = compute_loss(expand(X), y, w)
    nu = alpha * nu + eta * compute_grad(expand(X)[ind], y[ind], w)
    w = w - nu

momentum_w = w
plot_boundary(momentum_w, momentum_loss)

# %% rmsprop
import matplotlib.pyplot as plt

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
    g = compute_grad(X_expanded[ind], y[ind], w)
    g2 = alpha * g2 + (1 - alpha) * g**2
    w = w - eta * g / np.sqrt(g2 + eps)

rmsprop_w = w
print("right:", np.mean((probability(expand(X), w) > 0.5) == y))
plt.scatter(X[:, 0], X[:, 1], c=y)
plt.show()
