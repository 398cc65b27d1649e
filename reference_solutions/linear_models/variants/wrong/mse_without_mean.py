# title: the squared error is summed, not averaged; its gradient follows
# loses: check_mse_loss

# %% mse_loss
def mse_loss(X, y, w):
    return np.sum((X.dot(w) - y) ** 2)

# %% mse_grad
def mse_grad(X, y, w):
    return 2 * X.T.dot(X.dot(w) - y)
