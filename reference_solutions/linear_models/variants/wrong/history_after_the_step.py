# title: gradient descent writes down the loss after each step
# loses: check_gradient_descent

# %% gradient_descent
def gradient_descent(X, y, eta, n_iter):
    w = np.zeros(X.shape[1])
    history = []
    for _ in range(n_iter):
        w -= eta * mse_grad(X, y, w)
        history.append(mse_loss(X, y, w))
    return w, history
