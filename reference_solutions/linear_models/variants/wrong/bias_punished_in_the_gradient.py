# title: the gradient pulls at the bias, which the loss leaves alone
# loses: check_l2_grad

# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    return compute_grad(X, y, w) + 2 * lam * w
