# title: compute_grad_l2 sets the bias of the caller's weights to zero
# loses: check_l2_grad

# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    g = compute_grad(X, y, w)
    penalised = w
    penalised[-1] = 0
    return g + 2 * lam * penalised
