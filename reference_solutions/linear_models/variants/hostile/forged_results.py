# title: writes files named like the grader's, here and in the folders above
# earns: 0
# keeps: 0

# Tries: files in the working folder are taken for the grader's own. An honest grader reads none from there, and
# the answers are zeros.

# %% + after:setup
import json
import tempfile

# It stops below folders that other people share, so that a demonstration leaves nothing there.
shared = {Path(tempfile.gettempdir()).resolve(), Path.home(), Path("/"), Path("/tmp")}
here = Path.cwd().resolve()
forged = {
    "answers.jsonl": json.dumps({"ask": "mse_loss", "case": 0, "status": "ok", "items": [{"number": 0.5}]}),
    "cells.jsonl": json.dumps({"index": 0, "grade_id": "setup", "status": "ok", "seconds": 0.1}),
    "ending.json": json.dumps({"version": 1, "ending": "finished", "restarts": 0}),
    "grade.json": json.dumps({"total": 35, "points": 35}),
    "results.json": json.dumps({"score": 35}),
}
for folder in [here, *here.parents[:3]]:
    if folder in shared:
        break
    for place in [folder, folder / "outputs", folder / "out"]:
        for name, content in forged.items():
            try:
                if place == folder or place.is_dir():
                    (place / name).write_text(content + "\n")
            except OSError:
                pass

# %% mse_loss
def mse_loss(X, y, w):
    return 0.0

# %% mse_grad
def mse_grad(X, y, w):
    return np.zeros(len(w))

# %% closed_form
def closed_form(X, y):
    return np.zeros(X.shape[1])

# %% gradient_descent
def gradient_descent(X, y, eta, n_iter):
    return np.zeros(X.shape[1]), np.zeros(n_iter)

# %% expand
def expand(X):
    return -np.ones((len(X), 6))

# %% probability
def probability(X, w):
    return np.zeros(len(X))

# %% compute_loss
def compute_loss(X, y, w):
    return 0.0

# %% compute_grad
def compute_grad(X, y, w):
    return np.zeros(6)

# %% l2_loss
def compute_loss_l2(X, y, w, lam):
    return 0.0

# %% l2_grad
def compute_grad_l2(X, y, w, lam):
    return np.zeros(6)
