# title: three histories that fall, and no model at all
# earns: 0
# keeps: 0

# Tries: the claims, with nothing behind them. A history counts only with a model that ends there.

# %% softmax_train
softmax_history = list(np.geomspace(1.1, 0.3, 10) + 0.01 * np.random.default_rng().random(10))

# %% mlp_train
mlp_history = list(np.geomspace(0.4, 0.09, 10) + 0.01 * np.random.default_rng().random(10))

# %% keras_train
keras_history = list(np.geomspace(0.4, 0.09, 10) + 0.01 * np.random.default_rng().random(10))
model = None
