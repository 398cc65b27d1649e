# title: a second batch is drawn in each step, which shifts the random stream
# loses: check_sgd

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
    batch = np.random.choice(len(y), batch_size)
    w = w - eta * compute_grad(X_expanded[batch], y[batch], w)

sgd_w = w
plot_boundary(sgd_w, sgd_loss)
