# title: no training, and a history as beautiful as can be
# earns: 0
# keeps: 0

# Tries: a curve is the word of the process that made it. An honest grader pays for no word that it
# cannot hold against a model.

# %% training
_fall = np.exp(-np.arange(12) / 3) * 2.3 * np.random.default_rng(3).uniform(0.9, 1.1, 12)
history = type("History", (), {"history": {"loss": _fall.tolist(), "val_loss": _fall.tolist()}})()
