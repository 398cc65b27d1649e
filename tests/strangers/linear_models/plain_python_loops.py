# written from: linear_models.ipynb as released, nothing else
# declares: right
# design: no matrix products anywhere: plain Python loops over rows and entries, own Gaussian elimination, math.fsum, w changed entry by entry in place

# %% mse_loss
from math import exp, fsum, log1p, sqrt


def dot(a, b):
    """Sum of products of two rows of equal length, as a Python float."""
    return fsum(float(p) * float(q) for p, q in zip(a, b))


def residuals(X, y, w):
    return [dot(row, w) - float(target) for row, target in zip(X, y)]


def mse_loss(X, y, w):
    """Mean of the squared residuals of the model X @ w.

    X [n, d], y [n], w [d]; returns a float.
    """
    r = residuals(X, y, w)
    return fsum(v * v for v in r) / len(r)

# %% mse_grad
def mse_grad(X, y, w):
    """Gradient of mse_loss with respect to w.

    X [n, d], y [n], w [d]; returns [d].
    """
    r = residuals(X, y, w)
    slopes = []
    for j in range(len(w)):
        slopes.append(2.0 / len(r) * fsum(float(row[j]) * v for row, v in zip(X, r)))
    return np.array(slopes)

# %% closed_form
def closed_form(X, y):
    """The weights with the smallest mean squared error, without iterating.

    X [n, d] with independent columns, y [n]; returns [d].
    """
    d = len(X[0])
    # The normal equations, with the right-hand side as one more column.
    table = []
    for i in range(d):
        line = [fsum(float(row[i]) * float(row[j]) for row in X) for j in range(d)]
        line.append(fsum(float(row[i]) * float(t) for row, t in zip(X, y)))
        table.append(line)
    # Elimination downwards, the largest pivot first.
    for k in range(d):
        top = max(range(k, d), key=lambda r: abs(table[r][k]))
        table[k], table[top] = table[top], table[k]
        for r in range(k + 1, d):
            factor = table[r][k] / table[k][k]
            table[r] = [a - factor * b for a, b in zip(table[r], table[k])]
    # And from the last unknown back to the first.
    solution = [0.0] * d
    for k in reversed(range(d)):
        rest = fsum(table[k][j] * solution[j] for j in range(k + 1, d))
        solution[k] = (table[k][d] - rest) / table[k][k]
    return np.array(solution)

# %% gradient_descent
def gradient_descent(X, y, eta, n_iter):
    """Gradient descent on mse_loss from w = 0.

    X [n, d], y [n], learning rate eta, number of steps n_iter.
    Returns (w [d] after the last step, history [n_iter]: the loss before each step).
    """
    place, seen = [0.0] * len(X[0]), []
    while len(seen) < n_iter:
        seen.append(mse_loss(X, y, place))
        uphill = mse_grad(X, y, place)
        place = [here - eta * slope for here, slope in zip(place, uphill)]
    return np.array(place), seen

# %% expand
def expand(X):
    """Quadratic features.

    X [n, 2]; returns [n, 6]: x0, x1, x0 squared, x1 squared, x0 times x1, 1.
    """
    table = np.empty((len(X), 6))
    for i, (a, b) in enumerate(X):
        a, b = float(a), float(b)
        table[i] = a, b, a * a, b * b, a * b, 1
    return table

# %% probability
def squash(z):
    """The sigmoid of one score; the exponent is never positive, so nothing overflows."""
    if z >= 0:
        return 1 / (1 + exp(-z))
    return exp(z) / (1 + exp(z))


def probability(X, w):
    """P(y = 1) for every row.

    X [n, 6] already expanded, w [6]; returns [n].
    """
    return np.array([squash(dot(row, w)) for row in X])

# %% compute_loss
def surprise(z):
    """-ln sigmoid(z) = ln(1 + e^-z), with the large part taken out of the logarithm."""
    return log1p(exp(-z)) if z > 0 else log1p(exp(z)) - z


def compute_loss(X, y, w):
    """Mean cross-entropy, finite and right for scores X @ w up to some hundreds.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6]; returns a float.
    """
    costs = []
    for row, label in zip(X, y):
        z = dot(row, w)
        costs.append(surprise(z) if label == 1 else surprise(-z))
    return fsum(costs) / len(costs)

# %% compute_grad
def compute_grad(X, y, w):
    """Gradient of compute_loss with respect to w.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6]; returns [6].
    """
    total = [0.0] * len(w)
    for row, label in zip(X, y):
        push = squash(dot(row, w)) - float(label)
        for j in range(len(w)):
            total[j] += push * float(row[j])
    return np.array([t / len(X) for t in total])

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
    step_gradient = compute_grad([X_expanded[k] for k in ind], [y[k] for k in ind], w)
    for j in range(6):
        w[j] -= eta * step_gradient[j]

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
    step_gradient = compute_grad([X_expanded[k] for k in ind], [y[k] for k in ind], w)
    for j in range(6):
        nu[j] = alpha * nu[j] + eta * step_gradient[j]
        w[j] -= nu[j]

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
    step_gradient = compute_grad([X_expanded[k] for k in ind], [y[k] for k in ind], w)
    for j in range(6):
        g2[j] = alpha * g2[j] + (1 - alpha) * step_gradient[j] ** 2
        w[j] -= eta * step_gradient[j] / sqrt(g2[j] + eps)

rmsprop_w = w
plot_boundary(rmsprop_w, rmsprop_loss)

# %% l2_loss
def compute_loss_l2(X, y, w, lam):
    """compute_loss plus lam times the sum of the squared weights, the bias (last) left out.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6], lam >= 0; returns a float.
    """
    price = 0.0
    for j in range(len(w) - 1):
        price += float(w[j]) ** 2
    return compute_loss(X, y, w) + lam * price

# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    """Gradient of compute_loss_l2 with respect to w.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6], lam >= 0; returns [6].
    """
    slopes = list(compute_grad(X, y, w))
    for j in range(len(w) - 1):
        slopes[j] += 2 * lam * float(w[j])
    return np.array(slopes)
