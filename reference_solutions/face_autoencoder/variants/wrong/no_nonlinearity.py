# title: no activation anywhere: a deep stack that is one linear map
# loses: check_build, check_curve, check_reconstruction, check_denoiser

# %% build_deep_autoencoder
def build_deep_autoencoder(img_shape, code_size):
    layers = keras.layers
    height, width, channels = img_shape
    maps = (16, 24, 48, 96)
    smallest = (height // 16, width // 16, maps[-1])
    encoder = keras.Sequential([keras.Input(img_shape)])
    for m in maps:
        encoder.add(layers.Conv2D(m, 3, strides=2, padding="same"))
    encoder.add(layers.Flatten())
    encoder.add(layers.Dense(code_size))
    decoder = keras.Sequential([keras.Input((code_size,))])
    decoder.add(layers.Dense(int(np.prod(smallest))))
    decoder.add(layers.Reshape(smallest))
    for m in maps[-2::-1]:
        decoder.add(layers.Conv2DTranspose(m, 3, strides=2, padding="same"))
    decoder.add(layers.Conv2DTranspose(channels, 3, strides=2, padding="same"))
    return encoder, decoder
