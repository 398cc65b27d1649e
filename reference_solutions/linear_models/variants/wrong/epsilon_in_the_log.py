# title: a small number in the logarithm keeps the loss finite, and wrong
# loses: check_stable_loss

# %% compute_loss
def compute_loss(X, y, w):
    p = probability(X, w)
    eps = 1e-12
    return -np.mean(y * np.log(p + eps) + (1 - y) * np.log(1 - p + eps))
