# title: NaN, infinities, giant integers and weights of NaN
# earns: 0
# keeps: 0

# Tries: NaN compares false with everything, so that a check written as `not (difference > limit)`
# passes; integers of five thousand digits and the smallest and largest floats break what computes
# with them. An honest grader earns nothing for what is not finite, and holds nothing.

# %% + after:setup
NUMBERS = [
    float("nan"), -float("nan"), float("inf"), -float("inf"), 10**5000, -(10**5000), 2**63, -(2**63),
    2**53 + 1, 5e-324, 1.7976931348623157e308, -0.0, np.float64("nan"), np.float32("inf"),
    np.longdouble("1e4900"), np.full(6, np.nan), np.full(6, -np.inf), np.full(6, 1e308),
    np.array([np.nan, 1, 2, 3, 4, np.inf]), np.full((4, 6), np.nan), np.array(np.nan),
    [float("nan")] * 6, [10**400] * 6, [10**30, 1], (float("inf"), float("nan")), [2**64, -1], 1e-320,
]  # fmt: skip
turn = -1


def next_number(*arguments, **named):
    global turn
    turn += 1
    return NUMBERS[turn % len(NUMBERS)]


def nan_like_weights(X, y, w, *others):
    return np.full(len(w), np.nan)

# %% mse_loss
mse_loss = next_number

# %% mse_grad
mse_grad = nan_like_weights

# %% closed_form
def closed_form(X, y):
    return np.full(X.shape[1], np.nan)

# %% gradient_descent
def gradient_descent(X, y, eta, n_iter):
    return np.full(X.shape[1], np.nan), np.full(n_iter, np.inf)

# %% expand
def expand(X):
    return np.full((len(X), 6), np.nan)

# %% probability
def probability(X, w):
    return np.full(len(X), np.nan)

# %% compute_loss
def compute_loss(X, y, w):
    return float("nan")

# %% compute_grad
compute_grad = nan_like_weights

# %% sgd
sgd_loss, sgd_w = np.full(100, np.nan), np.full(6, np.nan)

# %% momentum
momentum_loss, momentum_w = np.full(100, np.inf), np.full(6, np.nan)

# %% rmsprop
rmsprop_loss, rmsprop_w = np.linspace(np.inf, 0, 100), np.full(6, -np.inf)

# %% l2_loss
compute_loss_l2 = next_number

# %% l2_grad
compute_grad_l2 = nan_like_weights
