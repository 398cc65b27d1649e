# title: spectral normalisation in the discriminator

# %% make_discriminator
def make_discriminator():
    L = keras.layers
    width = 64 if TIER == "full" else 16
    found = [keras.Input((32, 32, 3))]
    for maps in (width, 2 * width, 4 * width):
        found.append(L.SpectralNormalization(L.Conv2D(maps, 4, strides=2, padding="same")))
        found.append(L.LeakyReLU(negative_slope=0.2))
    return keras.Sequential([*found, L.Flatten(), L.Dense(1)])
