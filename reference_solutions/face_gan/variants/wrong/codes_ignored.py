# title: the generator's dense layer never sees the code
# loses: check_generator, check_faces, check_variety, check_new
# may lose: check_scores

# %% make_generator
def make_generator(code_size):
    """A new untrained network that meets the conditions above.

    code_size: how many numbers a code has.
    Maps codes float32 [n, code_size] to pictures [n, 32, 32, 3] within [-0.5, 0.5].
    """
    layers = keras.layers
    width = 64 if TIER == "full" else 16

    def normalised():
        return [layers.BatchNormalization(momentum=0.9), layers.ReLU()]

    def doubled(maps):
        convolution = layers.Conv2DTranspose(maps, 4, strides=2, padding="same", use_bias=False)
        return [convolution, *normalised()]

    return keras.Sequential(
        [
            keras.Input((code_size,)),
            layers.Rescaling(0.0),
            layers.Dense(4 * 4 * 4 * width),
            layers.Reshape((4, 4, 4 * width)),
            *normalised(),
            *doubled(2 * width),
            *doubled(width),
            layers.UpSampling2D(interpolation="bilinear"),
            layers.Conv2D(3, 3, padding="same", activation="tanh"),
            layers.Rescaling(0.5),
        ]
    )
