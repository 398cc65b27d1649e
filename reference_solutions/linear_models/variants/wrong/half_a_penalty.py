# title: the penalty has a factor 1/2 that was not asked for; its gradient follows
# loses: check_l2_loss

# %% l2_loss
def compute_loss_l2(X, y, w, lam):
    return compute_loss(X, y, w) + lam / 2 * np.sum(w[:-1] ** 2)

# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    return compute_grad(X, y, w) + lam * np.append(w[:-1], 0)
