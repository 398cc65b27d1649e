# title: other variable and parameter names, and a docstring gone

# %% mse_loss
def mse_loss(features, targets, weights):
    return ((features.dot(weights) - targets) ** 2).mean()

# %% gradient_descent
def gradient_descent(features, targets, learning_rate, steps):
    theta, track = np.zeros(features.shape[1]), np.empty(steps)
    for t in range(steps):
        track[t] = mse_loss(features, targets, theta)
        theta = theta - learning_rate * mse_grad(features, targets, theta)
    return theta, track

# %% compute_loss
def compute_loss(A, b, theta):
    s = A.dot(theta)
    return np.logaddexp(0, np.where(b > 0, -s, s)).mean()

# %% sgd
np.random.seed(42)
theta = np.array([0.0, 0, 0, 0, 0, 1])
sgd_loss = np.empty(100)
for t in range(100):
    rows = np.random.choice(X_expanded.shape[0], 4)
    sgd_loss[t] = compute_loss(X_expanded, y, theta)
    theta -= 0.1 * compute_grad(X_expanded[rows], y[rows], theta)
sgd_w = theta

# %% momentum
np.random.seed(42)
theta = np.array([0.0, 0, 0, 0, 0, 1])
velocity = 0
momentum_loss = np.empty(100)
for t in range(100):
    rows = np.random.choice(X_expanded.shape[0], 4)
    momentum_loss[t] = compute_loss(X_expanded, y, theta)
    velocity = 0.9 * velocity + 0.05 * compute_grad(X_expanded[rows], y[rows], theta)
    theta = theta - velocity
momentum_w = theta
