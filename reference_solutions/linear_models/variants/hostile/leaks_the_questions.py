# title: tells everybody what it was asked: in errors, texts, prints and names
# earns: 0
# keeps: 0

# Tries: to carry the unseen inputs home for the next round, in the message, the class name and the
# notes of exceptions, in texts that are returned, in field names of arrays, in prints, displays and
# stray messages while it is asked. An honest grader shows a student none of these.

# %% + after:setup
import sys

from IPython.display import display


def asked():
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "ask_request":
            return frame.f_locals["parent"]
        frame = frame.f_back
    return None


def leak(X, *others):
    parent = asked()
    if parent is None:
        return np.zeros(len(X))
    secret = f"LEAK_{float(np.sum(X)):.6f}".replace(".", "_").replace("-", "m")
    print(secret)
    sys.__stdout__.write(secret)
    display({"text/plain": secret, "text/html": secret}, raw=True)
    kernel = get_ipython().kernel
    for parents in (parent, {"header": {"msg_id": "x"}}, kernel.get_parent("shell")):
        kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": secret}, parents)
        kernel.session.send(
            kernel.iopub_socket, "error", {"ename": secret, "evalue": secret, "traceback": [secret]}, parents
        )
    turn = len(X) % 4
    if turn == 0:
        error = type(secret, (ValueError,), {})(secret)
        error.add_note(secret)
        raise error
    if turn == 1:
        return secret
    if turn == 2:
        return np.zeros(2, dtype=[(secret, float)])
    raise ValueError(secret)

# %% mse_loss
mse_loss = leak

# %% mse_grad
mse_grad = leak

# %% closed_form
closed_form = leak

# %% gradient_descent
gradient_descent = leak

# %% expand
expand = leak

# %% probability
probability = leak

# %% compute_loss
compute_loss = leak

# %% compute_grad
compute_grad = leak
