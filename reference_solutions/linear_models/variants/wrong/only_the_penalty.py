# title: the penalised loss is the penalty alone
# loses: check_l2_loss

# %% l2_loss
def compute_loss_l2(X, y, w, lam):
    return lam * np.sum(w[:-1] ** 2)
