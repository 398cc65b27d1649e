# title: helpers in cells of their own, and experiments between them

# %% + after:probability_text
def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def one_plus_exp(z):
    return np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0)

# %% probability
def probability(X, w):
    return sigmoid(X @ w)

# %% compute_loss
def compute_loss(X, y, w):
    return np.mean(one_plus_exp((1 - 2 * y) * (X @ w)))

# %% [markdown] + after:check_compute_grad
# Let me see whether my gradient is zero anywhere.

# %% + after:check_compute_grad
trial = np.zeros(6)
for _ in range(50):
    trial = trial - 0.1 * compute_grad(X_expanded, y, trial)
np.abs(compute_grad(X_expanded, y, trial)).max()

# %% + after:check_sgd
def one_step(gradient, rate):
    return rate * gradient

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
    nu = alpha * nu + one_step(compute_grad(X_expanded[ind], y[ind], w), eta)
    w = w - nu

momentum_w = w
plot_boundary(momentum_w, momentum_loss)
