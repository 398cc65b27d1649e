# title: the discriminator gives probabilities, and the losses take them for logits
# loses: check_discriminator, check_faces, check_variety, check_new, check_scores
# may lose: check_losses

# %% make_discriminator
def make_discriminator():
    """A new untrained network that meets the conditions above.

    Maps pictures float32 [n, 32, 32, 3] within [-0.5, 0.5] to logits [n, 1].
    """
    layers = keras.layers
    width = 64 if TIER == "full" else 16
    found = [keras.Input((32, 32, 3))]
    for maps in (width, 2 * width, 4 * width):
        found.append(layers.Conv2D(maps, 4, strides=2, padding="same"))
        found.append(layers.LeakyReLU(negative_slope=0.2))
    return keras.Sequential([*found, layers.Flatten(), layers.Dense(1, activation="sigmoid")])
