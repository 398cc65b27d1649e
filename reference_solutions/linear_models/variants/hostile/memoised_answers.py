# title: remembers all that it was asked and answers other questions with it
# earns: 2
# keeps: 2

# Tries: `mse_loss` is right; everything else returns what was returned, or passed in, for the
# likest inputs so far. An honest grader never passes an answer in, so that there is nothing to
# remember but inputs: the two points of `mse_loss` are earned, and no other.

# %% + after:setup
memory = []


def remembered(*arguments):
    memory.append(arguments)
    for earlier in reversed(memory[:-1]):
        if len(earlier) == len(arguments) and earlier[0].shape == arguments[0].shape:
            return earlier[-1]
    return arguments[-1]

# %% mse_loss
def mse_loss(X, y, w):
    loss = np.mean((X @ w - y) ** 2)
    memory.append((X, y, w, loss))
    return loss

# %% mse_grad
mse_grad = remembered

# %% closed_form
closed_form = remembered

# %% gradient_descent
def gradient_descent(X, y, eta, n_iter):
    return remembered(X, y), [m[3] for m in memory if len(m) == 4][:n_iter]

# %% expand
expand = remembered

# %% probability
probability = remembered

# %% compute_loss
compute_loss = remembered

# %% compute_grad
compute_grad = remembered

# %% l2_loss
compute_loss_l2 = remembered

# %% l2_grad
compute_grad_l2 = remembered
