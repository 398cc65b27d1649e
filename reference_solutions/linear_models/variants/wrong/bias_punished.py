# title: the penalty includes the bias, in the loss and in its gradient
# loses: check_l2_loss

# %% l2_loss
def compute_loss_l2(X, y, w, lam):
    return compute_loss(X, y, w) + lam * np.sum(w ** 2)

# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    return compute_grad(X, y, w) + 2 * lam * w
