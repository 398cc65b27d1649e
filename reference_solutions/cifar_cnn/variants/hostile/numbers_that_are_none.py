# title: NaN and the largest numbers there are, wherever numbers are asked for
# earns: 0
# keeps: 0

# Tries: comparisons with NaN are false, and sums of huge numbers overflow. An honest grader looks
# for both first.

# %% make_model
def make_model():
    return keras.Sequential(
        [keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(10, bias_initializer=lambda *a, **k: np.nan * np.ones(10))]
    )

# %% training
model = make_model()
model.set_weights([w * np.nan for w in model.get_weights()])
history = {"loss": [np.nan, -np.inf, 1e308, 0.1], "val_loss": [np.inf, np.nan, -1e308, 0.0]}

# %% predict
def predict(images):
    return np.full((len(images), 10), [np.nan, np.inf, -np.inf, 1e308, -1e308] * 2)

# %% confusion
def confusion(y, predicted, classes):
    return np.full((classes, classes), np.nan)

# %% find_maximum_stimuli
def find_maximum_stimuli(model, layer_name, unit, start, steps=30, step_size=0.02):
    return np.full(start.shape, np.inf)

# %% learning_rate
def learning_rate(epoch):
    return float("nan")
