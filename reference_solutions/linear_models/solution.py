# %% [markdown]
# # Week 1: the reference solution
#
# Each cell that is headed by a `grade_id` is the whole answer cell as it stands in the notebook.
# Cells without an id are here for the reader only and go nowhere. With `train.npy` and
# `target.npy` in the working folder this file also runs as a program.

# %%
from pathlib import Path

import numpy as np


def plot_boundary(w, history):
    """The notebook draws here; a program need not."""


# %% [markdown]
# ## Linear regression
#
# With the residuals r = Xw - y, the loss is r·r / n and its gradient 2 Xᵀr / n: one matrix
# product forward, one backward. The backward product is what makes gradients cheap: its cost is
# that of the loss itself, however many weights there are.


# %% mse_loss
def mse_loss(X, y, w):
    """Mean of the squared residuals of the model X @ w.

    X [n, d], y [n], w [d]; returns a float.
    """
    residuals = X @ w - y  # [n]
    return np.mean(residuals**2)


# %% mse_grad
def mse_grad(X, y, w):
    """Gradient of mse_loss with respect to w.

    X [n, d], y [n], w [d]; returns [d].
    """
    residuals = X @ w - y  # [n]
    return 2 / len(y) * X.T @ residuals


# %% [markdown]
# At the minimum the gradient is zero: XᵀX w = Xᵀy. Solving these equations squares the condition
# number of X. `lstsq` works on X itself (by its singular values) and loses no digits that way.


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
    w = np.zeros(X.shape[1])
    history = np.zeros(n_iter)
    for i in range(n_iter):
        history[i] = mse_loss(X, y, w)
        w = w - eta * mse_grad(X, y, w)
    return w, history


# %% [markdown]
# ## Logistic regression
#
# Squares and the product make the model linear in six features, so that its border in the plane
# is a conic section: an ellipse, a parabola, a hyperbola or a line.


# %% expand
def expand(X):
    """Quadratic features.

    X [n, 2]; returns [n, 6]: x0, x1, x0 squared, x1 squared, x0 times x1, 1.
    """
    x0, x1 = X[:, 0], X[:, 1]
    return np.stack([x0, x1, x0**2, x1**2, x0 * x1, np.ones(len(X))], axis=1)


# %%
X = np.load(Path("train.npy"))
y = np.load(Path("target.npy"))
X_expanded = expand(X)

# %% [markdown]
# σ(z) = 1 / (1 + exp(-z)) overflows for z below -709. `logaddexp(0, -z)` is log(1 + exp(-z))
# without the overflow, and minus it is log σ(z): the exponential of that is safe for every z.


# %% probability
def probability(X, w):
    """P(y = 1) for every row.

    X [n, 6] already expanded, w [6]; returns [n].
    """
    return np.exp(-np.logaddexp(0, -(X @ w)))


# %% [markdown]
# The same identity gives the loss without ever forming a probability:
# -log σ(z) = log(1 + exp(-z)) and -log(1 - σ(z)) = log(1 + exp(z)), hence both cases in one line,
# log(1 + exp(z)) - y z. At z = 700 and y = 0 it is 700; the textbook form is infinite there.


# %% compute_loss
def compute_loss(X, y, w):
    """Mean cross-entropy, finite and right for scores X @ w up to some hundreds.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6]; returns a float.
    """
    scores = X @ w  # [n]
    return np.mean(np.logaddexp(0, scores) - y * scores)


# %% [markdown]
# σ' = σ (1 - σ) cancels against the derivative of the logarithm: what is left per row is the
# error p - y times the features, the same form as in linear regression.


# %% compute_grad
def compute_grad(X, y, w):
    """Gradient of compute_loss with respect to w.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6]; returns [6].
    """
    return X.T @ (probability(X, w) - y) / len(y)


# %% [markdown]
# ## Optimisers
#
# All three draw the same batches, for the seed and the one draw per step are fixed. What differs
# is what they remember: nothing, a running sum of steps, a running mean of squares.

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
    nu = alpha * nu + eta * compute_grad(X_expanded[ind], y[ind], w)
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
    g = compute_grad(X_expanded[ind], y[ind], w)
    g2 = alpha * g2 + (1 - alpha) * g**2
    w = w - eta * g / np.sqrt(g2 + eps)

rmsprop_w = w
plot_boundary(rmsprop_w, rmsprop_loss)

# %% [markdown]
# ## Regularisation
#
# The bias only shifts the border; punishing it would make the model depend on where we put the
# origin of the scores. So the last weight stays out, in the loss and in its gradient.


# %% l2_loss
def compute_loss_l2(X, y, w, lam):
    """compute_loss plus lam times the sum of the squared weights, the bias (last) left out.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6], lam >= 0; returns a float.
    """
    return compute_loss(X, y, w) + lam * np.sum(w[:-1] ** 2)


# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    """Gradient of compute_loss_l2 with respect to w.

    X [n, 6] already expanded, y [n] of 0 and 1, w [6], lam >= 0; returns [6].
    """
    pull = 2 * lam * np.asarray(w, dtype=float)  # a new array: the caller's w stays as it is
    pull[-1] = 0.0
    return compute_grad(X, y, w) + pull


# %% [markdown] momentum_in_words
# **Why does momentum get further than plain SGD, although its learning rate is half as large?**
#
# Each step is the decaying sum of all gradients so far. Along a direction in which the gradients
# keep agreeing, the steps grow towards eta / (1 - alpha) = 0.5 times the gradient, five times a
# step of our SGD. Across it, where mini-batch noise and the walls of a valley flip the sign, the
# terms cancel, and the path swings less.
#
# The price is inertia. With alpha close to 1, old gradients from places left long ago still push:
# the weights overshoot the minimum, swing around it, and need many steps to settle; at alpha = 1
# nothing is ever forgotten, and they do not settle at all.
#
# *For staff, one point each: gradients that agree add up (with the factor 1 / (1 - alpha) or an
# equivalent argument); gradients that disagree cancel; what too large an alpha does.*
