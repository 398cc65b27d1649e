# title: a generator that picks one of the 400 validation faces that it has stored
# earns: 18
# base: reference
# keeps: 15

# Tries: whoever compares with training faces alone finds nothing of the kind among these. They are
# the notebook's own data as well, and a copy of them is no generated face, either.

# %% + after:check_losses
_kept = valid_faces[:400]
_stored = keras.Sequential(
    [
        keras.Input((CODE_SIZE,)),
        keras.layers.Dense(len(_kept), use_bias=False),
        keras.layers.Rescaling(1000.0),
        keras.layers.Softmax(),
        keras.layers.Dense(32 * 32 * 3, use_bias=False),
        keras.layers.Reshape((32, 32, 3)),
    ]
)
_stored.layers[0].set_weights([np.random.default_rng(6).normal(size=(CODE_SIZE, len(_kept)))])
_stored.layers[3].set_weights([_kept.reshape(len(_kept), -1)])
generator = _stored
