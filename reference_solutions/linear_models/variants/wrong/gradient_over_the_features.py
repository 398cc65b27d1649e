# title: the gradient is divided by the number of features
# loses: check_compute_grad

# %% compute_grad
def compute_grad(X, y, w):
    p = probability(X, w)
    return np.dot(p - y, X) / X.shape[1]
