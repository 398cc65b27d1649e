# title: the exact solution by the pseudo-inverse; a penalty by a mask

# %% closed_form
def closed_form(X, y):
    return np.linalg.pinv(X) @ y

# %% l2_loss
def compute_loss_l2(X, y, w, lam):
    mask = np.array([1, 1, 1, 1, 1, 0])
    return compute_loss(X, y, w) + lam * np.linalg.norm(w * mask) ** 2

# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    mask = np.array([1, 1, 1, 1, 1, 0])
    return compute_grad(X, y, w) + 2 * lam * mask * w
