# title: tanh without the halving: pictures from -1 to 1
# loses: check_generator

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
            layers.Dense(4 * 4 * 4 * width, use_bias=False),
            layers.Reshape((4, 4, 4 * width)),
            *normalised(),
            *doubled(2 * width),
            *doubled(width),
            layers.UpSampling2D(interpolation="bilinear"),
            layers.Conv2D(3, 3, padding="same", activation="tanh"),
        ]
    )
