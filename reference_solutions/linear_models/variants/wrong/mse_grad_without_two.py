# title: the factor 2 of the square is forgotten in the gradient
# loses: check_mse_grad

# %% mse_grad
def mse_grad(X, y, w):
    n = X.shape[0]
    return X.T.dot(X.dot(w) - y) / n
