# written from: linear_models.ipynb as released, nothing else
# declares: right
# design: results as float32 columns of shape (n, 1), sigmoid by tanh, QR instead of normal equations, optimisers as classes, RMSprop's G starting at the first squared gradient

# %% mse_loss
def column(values, kind=np.float64):
    """A copy of any vector as one column."""
    return np.array(values, dtype=kind).reshape(-1, 1)


def mse_loss(X, y, w):
    """Mean of the squared residuals of the model X @ w.

    X [n, d], y [n], w [d]; returns a float.
    """
    error = np.asarray(X, dtype=np.float64) @ column(w) - column(y)
    return (error.T @ error / error.size)[0, 0]

# %% mse_grad
def mse_grad(X, y, w):
    """Gradient of mse_loss with respect to w.

    X [n, d], y [n], w [d]; returns [d].
    """
    A = np.asarray(X, dtype=np.float64)
    # 1/n (w'A'A w - 2 w'A'y + y'y) by w: the curvature times w, less the pull of the targets.
    half = (A.T @ A) @ column(w) - A.T @ column(y)
    return (2 * half / A.shape[0]).astype(np.float32)

# %% closed_form
def closed_form(X, y):
    """The weights with the smallest mean squared error, without iterating.

    X [n, d] with independent columns, y [n]; returns [d].
    """
    Q, R = np.linalg.qr(np.asarray(X, dtype=np.float64))
    return np.linalg.solve(R, Q.T @ column(y)).astype(np.float32)

# %% gradient_descent
def gradient_descent(X, y, eta, n_iter):
    """Gradient descent on mse_loss from w = 0.

    X [n, d], y [n], learning rate eta, number of steps n_iter.
    Returns (w [d] after the last step, history [n_iter]: the loss before each step).
    """
    # The whole path first, the losses along it afterwards.
    path = np.zeros((n_iter + 1, np.shape(X)[1]), dtype=np.float64)
    for before, after in zip(path[:-1], path[1:]):
        after[:] = before - eta * mse_grad(X, y, before).ravel()
    losses = np.array([mse_loss(X, y, point) for point in path[:-1]], dtype=np.float32)
    return column(path[-1], np.float32), losses.reshape(-1, 1)

# %% expand
def expand(X):
    """Quadratic features.

    X [n, 2]; returns [n, 6]: x0, x1, x0 squared, x1 squared, x0 times x1, 1.
    """
    points = np.asarray(X, dtype=np.float32)
    # Every feature is x0 to one power times x1 to another.
    powers = np.array([(1, 0), (0, 1), (2, 0), (0, 2), (1, 1), (0, 0)])
    return np.prod(points[:, None, :] ** powers[None], axis=2, dtype=np.float32)

# %% probability
def score(X, w):
    return np.asarray(X, dtype=np.float64) @ column(w)


def probability(X, w):
    """P(y = 1) for every row.

    X [n, 6] already expanded, w [6]; returns [n].
    """
    # The sigmoid is a tanh, squeezed into 0..1.
    return (0.5 + 0.5 * np.tanh(score(X, w) / 2)).astype(np.float32)

# %% compute_loss
def compute_loss(X, y, w):
    """Mean cross-entropy, finite and right for scores X @ w up to some hundreds.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6]; returns a float.
    """
    z = score(X, w)
    each = np.maximum(z, 0) - z * column(y) + np.log1p(np.exp(-np.abs(z)))
    return each.mean()

# %% compute_grad
def compute_grad(X, y, w):
    """Gradient of compute_loss with respect to w.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6]; returns [6].
    """
    wrong_by = 0.5 + 0.5 * np.tanh(score(X, w) / 2) - column(y)
    return np.mean(wrong_by * np.asarray(X), axis=0, dtype=np.float64).astype(np.float32).reshape(-1, 1)

# %% sgd
class Plain:
    def __init__(self, rate):
        self.rate = rate

    def move(self, g):
        """How far the weights go for the gradient g."""
        return -self.rate * g


def advance(rule, weights, rows):
    g = compute_grad(X_expanded[rows], y[rows], weights).reshape(-1)
    return weights + rule.move(g.astype(np.float64))


np.random.seed(42)
w = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])

eta = 0.1
n_iter = 100
batch_size = 4
rule = Plain(eta)

sgd_loss = np.full(n_iter, np.nan)
for i in range(n_iter):
    ind = np.random.choice(X_expanded.shape[0], batch_size)
    sgd_loss[i] = compute_loss(X_expanded, y, w)
    # One step of SGD on the rows ind: w becomes the weights after it.
    w = advance(rule, w, ind)

sgd_w = w
plot_boundary(sgd_w, sgd_loss)

# %% momentum
class Heavy(Plain):
    def __init__(self, rate, fade, size):
        super().__init__(rate)
        self.fade, self.speed = fade, np.zeros(size)

    def move(self, g):
        self.speed = self.fade * self.speed + self.rate * g
        return -self.speed


np.random.seed(42)
w = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])

eta = 0.05
alpha = 0.9
nu = np.zeros(6)
n_iter = 100
batch_size = 4
rule = Heavy(eta, alpha, 6)

momentum_loss = np.full(n_iter, np.nan)
for i in range(n_iter):
    ind = np.random.choice(X_expanded.shape[0], batch_size)
    momentum_loss[i] = compute_loss(X_expanded, y, w)
    # One step of momentum on the rows ind: update nu, then w.
    w = advance(rule, w, ind)
    nu = rule.speed

momentum_w = w
plot_boundary(momentum_w, momentum_loss)

# %% rmsprop
class Scaled(Plain):
    def __init__(self, rate, fade, tiny):
        super().__init__(rate)
        self.fade, self.tiny, self.squares = fade, tiny, None

    def move(self, g):
        if self.squares is None:
            self.squares = g**2
        else:
            self.squares = self.fade * self.squares + (1 - self.fade) * g**2
        return -self.rate * g / np.sqrt(self.squares + self.tiny)


np.random.seed(42)
w = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])

eta = 0.1
alpha = 0.9
g2 = np.zeros(6)
eps = 1e-8
n_iter = 100
batch_size = 4
rule = Scaled(eta, alpha, eps)

rmsprop_loss = np.full(n_iter, np.nan)
for i in range(n_iter):
    ind = np.random.choice(X_expanded.shape[0], batch_size)
    rmsprop_loss[i] = compute_loss(X_expanded, y, w)
    # One step of RMSprop on the rows ind: update g2, then w.
    w = advance(rule, w, ind)
    g2 = rule.squares

rmsprop_w = w
plot_boundary(rmsprop_w, rmsprop_loss)

# %% l2_loss
def priced(w):
    """1 for every weight that costs something, 0 for the bias."""
    return column(np.arange(np.size(w)) < np.size(w) - 1)


def compute_loss_l2(X, y, w, lam):
    """compute_loss plus lam times the sum of the squared weights, the bias (last) left out.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6], lam >= 0; returns a float.
    """
    return compute_loss(X, y, w) + lam * np.sum(priced(w) * column(w) ** 2)

# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    """Gradient of compute_loss_l2 with respect to w.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6], lam >= 0; returns [6].
    """
    return compute_grad(X, y, w) + 2 * lam * priced(w) * column(w)
