# written from: linear_models.ipynb as released, nothing else
# declares: wrong
# mistake: RMSprop's running mean takes g @ g, one number for all weights, instead of the square of each entry, so that all weights share one scale
# at: rmsprop : g2 = alpha * g2 + (1 - alpha) * (g @ g)
# should cost: rmsprop (the weights or the history it leaves)

# %% mse_loss
def mse_loss(X, y, w):
    """Mean of the squared residuals of the model X @ w.

    X [n, d], y [n], w [d]; returns a float.
    """
    return float(np.mean(np.square(np.dot(X, w) - y)))

# %% mse_grad
def mse_grad(X, y, w):
    """Gradient of mse_loss with respect to w.

    X [n, d], y [n], w [d]; returns [d].
    """
    return 2 * np.mean(X * (np.dot(X, w) - y)[:, np.newaxis], axis=0)

# %% closed_form
def closed_form(X, y):
    """The weights with the smallest mean squared error, without iterating.

    X [n, d] with independent columns, y [n]; returns [d].
    """
    return np.linalg.pinv(X) @ y

# %% gradient_descent
def gradient_descent(X, y, eta, n_iter):
    """Gradient descent on mse_loss from w = 0.

    X [n, d], y [n], learning rate eta, number of steps n_iter.
    Returns (w [d] after the last step, history [n_iter]: the loss before each step).
    """
    w = np.zeros(X.shape[1])
    history = np.zeros(n_iter)
    for step in range(n_iter):
        history[step] = mse_loss(X, y, w)
        w = w - eta * mse_grad(X, y, w)
    return w, history

# %% expand
def expand(X):
    """Quadratic features.

    X [n, 2]; returns [n, 6]: x0, x1, x0 squared, x1 squared, x0 times x1, 1.
    """
    return np.hstack([X, np.square(X), np.prod(X, axis=1, keepdims=True), np.ones((len(X), 1))])

# %% probability
def probability(X, w):
    """P(y = 1) for every row.

    X [n, 6] already expanded, w [6]; returns [n].
    """
    return np.exp(-np.logaddexp(0, -np.dot(X, w)))

# %% compute_loss
def compute_loss(X, y, w):
    """Mean cross-entropy, finite and right for scores X @ w up to some hundreds.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6]; returns a float.
    """
    z = np.dot(X, w)
    return float(np.mean(np.logaddexp(0, np.where(np.asarray(y) == 1, -z, z))))

# %% compute_grad
def compute_grad(X, y, w):
    """Gradient of compute_loss with respect to w.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6]; returns [6].
    """
    return np.einsum("i,ij->j", probability(X, w) - y, X) / len(X)

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
    w = w - eta * compute_grad(X_expanded[ind], y[ind], w)

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
    nu *= alpha
    nu += eta * compute_grad(X_expanded[ind], y[ind], w)
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
    # One step of RMSprop on the rows ind: update g2, then w.
    g = compute_grad(X_expanded[ind], y[ind], w)
    g2 = alpha * g2 + (1 - alpha) * (g @ g)
    w = w - eta * g / np.sqrt(g2 + eps)

rmsprop_w = w
plot_boundary(rmsprop_w, rmsprop_loss)

# %% l2_loss
def compute_loss_l2(X, y, w, lam):
    """compute_loss plus lam times the sum of the squared weights, the bias (last) left out.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6], lam >= 0; returns a float.
    """
    return compute_loss(X, y, w) + lam * np.dot(w[:-1], w[:-1])

# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    """Gradient of compute_loss_l2 with respect to w.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6], lam >= 0; returns [6].
    """
    return compute_grad(X, y, w) + 2 * lam * np.append(w[:-1], 0)
