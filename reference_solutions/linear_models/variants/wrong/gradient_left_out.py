# title: compute_grad is left as handed out, all that needs it is written
# loses: check_compute_grad, check_histories

# %% compute_grad
def compute_grad(X, y, w):
    """Gradient of compute_loss with respect to w."""
    # YOUR CODE HERE
    raise NotImplementedError()
