# title: plain lists are returned, and the histories are lists

# %% closed_form
def closed_form(X, y):
    return list(np.linalg.solve(X.T @ X, X.T @ y))

# %% gradient_descent
def gradient_descent(X, y, eta, n_iter):
    w, history = np.zeros(X.shape[1]), []
    for _ in range(n_iter):
        history.append(mse_loss(X, y, w))
        w -= eta * mse_grad(X, y, w)
    return [list(w), history]

# %% probability
def probability(X, w):
    return [1 / (1 + np.exp(-x.dot(w))) for x in X]

# %% compute_grad
def compute_grad(X, y, w):
    return list(X.T.dot(np.array(probability(X, w)) - y) / len(y))

# %% sgd
np.random.seed(42)
w = np.array([0, 0, 0, 0, 0, 1])

eta = 0.1
n_iter = 100
batch_size = 4

sgd_loss = []
for i in range(n_iter):
    ind = np.random.choice(X_expanded.shape[0], batch_size)
    sgd_loss.append(compute_loss(X_expanded, y, w))
    w = w - eta * np.array(compute_grad(X_expanded[ind], y[ind], w))

sgd_w = list(w)
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
    nu = alpha * nu + eta * np.array(compute_grad(X_expanded[ind], y[ind], w))
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
    g = np.array(compute_grad(X_expanded[ind], y[ind], w))
    g2 = alpha * g2 + (1 - alpha) * g ** 2
    w = w - eta * g / np.sqrt(g2 + eps)

rmsprop_w = w
plot_boundary(rmsprop_w, rmsprop_loss)

# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    return [g + (2 * lam * v if j < 5 else 0) for j, (g, v) in enumerate(zip(compute_grad(X, y, w), w))]
