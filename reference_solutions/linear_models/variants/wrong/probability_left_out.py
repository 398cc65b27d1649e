# title: probability and mse_grad are left as handed out, all that needs them is written
# loses: check_probability, check_mse_grad, check_histories

# %% mse_grad
def mse_grad(X, y, w):
    # YOUR CODE HERE
    raise NotImplementedError()

# %% probability
def probability(X, w):
    # YOUR CODE HERE
    raise NotImplementedError()
