# written from: linear_models.ipynb as released, nothing else
# declares: wrong
# mistake: the scores are clipped to -200..200 before the loss is taken, so a loss beyond that is finite but reported too small (scores of 300 or 500 cost 200)
# at: compute_loss : z = np.clip(X @ w, -200, 200)
# should cost: compute_loss (the point for the loss that stays finite and right for confidently wrong scores)

# %% mse_loss
def mse_loss(X, y, w):
    """Mean of the squared residuals of the model X @ w.

    X [n, d], y [n], w [d]; returns a float.
    """
    return np.linalg.norm(X @ w - y) ** 2 / len(y)

# %% mse_grad
def mse_grad(X, y, w):
    """Gradient of mse_loss with respect to w.

    X [n, d], y [n], w [d]; returns [d].
    """
    return 2 / len(y) * (X @ w - y) @ X

# %% closed_form
def closed_form(X, y):
    """The weights with the smallest mean squared error, without iterating.

    X [n, d] with independent columns, y [n]; returns [d].
    """
    return np.linalg.lstsq(X, y, rcond=None)[0]

# %% gradient_descent
def gradient_descent(X, y, eta, n_iter):
    """Gradient descent on mse_loss from w = 0.

    X [n, d], y [n], learning rate eta, number of steps n_iter.
    Returns (w [d] after the last step, history [n_iter]: the loss before each step).
    """
    w, history = np.zeros(X.shape[1]), []
    for _ in range(n_iter):
        history.append(mse_loss(X, y, w))
        w -= eta * mse_grad(X, y, w)
    return w, np.array(history)

# %% expand
def expand(X):
    """Quadratic features.

    X [n, 2]; returns [n, 6]: x0, x1, x0 squared, x1 squared, x0 times x1, 1.
    """
    u, v = np.transpose(X)
    return np.stack([u, v, u * u, v * v, u * v, np.ones(len(X))], axis=-1)

# %% probability
def probability(X, w):
    """P(y = 1) for every row.

    X [n, 6] already expanded, w [6]; returns [n].
    """
    z = X @ w
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)

# %% compute_loss
def compute_loss(X, y, w):
    """Mean cross-entropy, finite and right for scores X @ w up to some hundreds.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6]; returns a float.
    """
    # exp must not overflow
    z = np.clip(X @ w, -200, 200)
    return np.mean(np.log1p(np.exp(z)) - y * z)

# %% compute_grad
def compute_grad(X, y, w):
    """Gradient of compute_loss with respect to w.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6]; returns [6].
    """
    return X.T @ (probability(X, w) - y) / X.shape[0]

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
    # One step of SGD on the rows ind: w becomes the weights after it.
    batch, labels = X_expanded[ind], y[ind]
    w -= eta * compute_grad(batch, labels, w)

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
    # One step of momentum on the rows ind: update nu, then w.
    batch, labels = X_expanded[ind], y[ind]
    nu = alpha * nu + eta * compute_grad(batch, labels, w)
    w -= nu

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
    # One step of RMSprop on the rows ind: update g2, then w.
    batch, labels = X_expanded[ind], y[ind]
    grad = compute_grad(batch, labels, w)
    g2 = alpha * g2 + (1 - alpha) * grad**2
    w -= eta / np.sqrt(g2 + eps) * grad

rmsprop_w = w
plot_boundary(rmsprop_w, rmsprop_loss)

# %% l2_loss
def compute_loss_l2(X, y, w, lam):
    """compute_loss plus lam times the sum of the squared weights, the bias (last) left out.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6], lam >= 0; returns a float.
    """
    return compute_loss(X, y, w) + lam * (np.sum(w**2) - w[-1] ** 2)

# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    """Gradient of compute_loss_l2 with respect to w.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6], lam >= 0; returns [6].
    """
    pull = 2.0 * lam * w
    pull[-1] = 0
    return compute_grad(X, y, w) + pull
