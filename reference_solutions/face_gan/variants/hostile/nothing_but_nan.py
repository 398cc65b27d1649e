# title: NaN from both networks, and numbers without end in the losses
# earns: 14
# base: reference
# keeps: 10

# Tries: comparisons with NaN are false, and sums of huge numbers overflow.

# %% + after:check_losses
generator = keras.Sequential(
    [keras.Input((CODE_SIZE,)), keras.layers.Dense(3072), keras.layers.Reshape((32, 32, 3))]
)
generator.set_weights([np.full((CODE_SIZE, 3072), np.nan), np.full(3072, np.inf)])
discriminator = keras.Sequential(
    [keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(1)]
)
discriminator.set_weights([np.full((3072, 1), 1e38), np.full(1, np.nan)])
discriminator_curve = np.array([np.nan, np.inf, 1e308] * 20)
generator_curve = np.full(60, -np.inf)
