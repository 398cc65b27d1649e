# title: the textbook formula, infinite or NaN when the model is sure
# loses: check_stable_loss

# %% compute_loss
def compute_loss(X, y, w):
    p = probability(X, w)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
