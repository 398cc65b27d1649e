# title: steps are taken by classes, decorated functions and functions in a dict

# %% gradient_descent
import functools


def counted(function):
    @functools.wraps(function)
    def counting(*given):
        counting.calls += 1
        return function(*given)

    counting.calls = 0
    return counting


@counted
def gradient_descent(X, y, eta, n_iter):
    w = np.zeros(X.shape[1])
    history = np.zeros(n_iter)
    for i in range(n_iter):
        history[i] = mse_loss(X, y, w)
        w = w - eta * mse_grad(X, y, w)
    return w, history

# %% + after:plot_boundary
class Descent:
    """Mini-batch SGD on the notebook's data."""

    def __init__(self, rate, rows):
        self.rate, self.rows = rate, rows

    def batch(self):
        return np.random.choice(X_expanded.shape[0], self.rows)

    def loss(self, w):
        return compute_loss(X_expanded, y, w)

    def step(self, w):
        ind = self.batch()
        return w - self.rate * compute_grad(X_expanded[ind], y[ind], w)


@counted
def batch_gradient(w, ind):
    return compute_grad(X_expanded[ind], y[ind], w)


helpers = {"loss": lambda w: compute_loss(X_expanded, y, w), "gradient": batch_gradient}

# %% sgd
np.random.seed(42)
w = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])

descent = Descent(0.1, 4)
n_iter = 100

sgd_loss = np.full(n_iter, np.nan)
for i in range(n_iter):
    sgd_loss[i] = descent.loss(w)
    w = descent.step(w)

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
    nu = alpha * nu + eta * batch_gradient(w, ind)
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
    rmsprop_loss[i] = helpers["loss"](w)
    g = helpers["gradient"](w, ind)
    g2 = alpha * g2 + (1 - alpha) * g**2
    w = w - eta * g / np.sqrt(g2 + eps)

rmsprop_w = w
plot_boundary(rmsprop_w, rmsprop_loss)
