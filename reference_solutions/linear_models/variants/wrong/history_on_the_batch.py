# title: the history of momentum is the loss of the batch, not of all rows
# loses: check_momentum

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
    momentum_loss[i] = compute_loss(X_expanded[ind], y[ind], w)
    nu = alpha * nu + eta * compute_grad(X_expanded[ind], y[ind], w)
    w = w - nu

momentum_w = w
plot_boundary(momentum_w, momentum_loss)
