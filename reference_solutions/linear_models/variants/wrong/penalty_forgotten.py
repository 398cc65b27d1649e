# title: the penalty is forgotten, in the loss and in its gradient
# loses: check_l2_loss, check_l2_grad

# %% l2_loss
def compute_loss_l2(X, y, w, lam):
    return compute_loss(X, y, w)

# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    return compute_grad(X, y, w)
