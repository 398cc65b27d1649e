# title: the accumulator of RMSprop starts at the first squared gradient

# %% rmsprop
np.random.seed(42)
w = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])

eta = 0.1
alpha = 0.9
g2 = None
eps = 1e-8
n_iter = 100
batch_size = 4

rmsprop_loss = np.full(n_iter, np.nan)
for i in range(n_iter):
    ind = np.random.choice(X_expanded.shape[0], batch_size)
    rmsprop_loss[i] = compute_loss(X_expanded, y, w)
    g = compute_grad(X_expanded[ind], y[ind], w)
    g2 = g ** 2 if g2 is None else alpha * g2 + (1 - alpha) * g ** 2
    w = w - eta * g / np.sqrt(g2 + eps)

rmsprop_w = w
plot_boundary(rmsprop_w, rmsprop_loss)
