# title: the code has the size of this notebook, whatever is asked for
# loses: check_build

# %% build_deep_autoencoder
def build_deep_autoencoder(img_shape, code_size):
    layers = keras.layers
    height, width, channels = img_shape
    maps, hidden = (16, 24, 48, 96), 512
    smallest = (height // 16, width // 16, maps[-1])
    encoder = keras.Sequential([keras.Input(img_shape)])
    for m in maps:
        encoder.add(layers.Conv2D(m, 3, strides=2, padding="same", activation="elu"))
    encoder.add(layers.Flatten())
    encoder.add(layers.Dense(hidden, activation="elu"))
    encoder.add(layers.Dense(CODE_SIZE))
    decoder = keras.Sequential([keras.Input((CODE_SIZE,))])
    decoder.add(layers.Dense(hidden, activation="elu"))
    decoder.add(layers.Dense(int(np.prod(smallest)), activation="elu"))
    decoder.add(layers.Reshape(smallest))
    for m in maps[-2::-1]:
        decoder.add(layers.Conv2DTranspose(m, 3, strides=2, padding="same", activation="elu"))
    decoder.add(layers.Conv2DTranspose(channels, 3, strides=2, padding="same"))
    return encoder, decoder
