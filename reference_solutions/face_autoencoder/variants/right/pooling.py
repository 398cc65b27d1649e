# title: the functional API, pooling instead of strides, swish, and half more epochs

# %% build_deep_autoencoder
def build_deep_autoencoder(img_shape, code_size):
    layers = keras.layers
    height, width, channels = img_shape
    x = pixels = keras.Input(img_shape)
    for m in (12, 24, 48, 96):
        x = layers.Conv2D(m, 3, padding="same", activation="elu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dense(512, activation="elu")(layers.Flatten()(x))
    encoder = keras.Model(pixels, layers.Dense(code_size)(x))
    code = keras.Input((code_size,))
    x = layers.Dense(512, activation="swish")(code)
    x = layers.Dense(height // 16 * (width // 16) * 96, activation="elu")(x)
    x = layers.Reshape((height // 16, width // 16, 96))(x)
    for m in (48, 24, 16):
        x = layers.Conv2DTranspose(m, 3, strides=2, padding="same", activation="elu")(x)
    x = layers.Conv2DTranspose(channels, 3, strides=2, padding="same")(x)
    return encoder, keras.Model(code, x)

# %% training
def falling(rate, epochs):
    steps = epochs * -(-len(x_train) // BATCH)
    return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.02))


def chained(encoder, decoder):
    inputs = keras.Input(IMG_SHAPE)
    return keras.Model(inputs, decoder(encoder(inputs)))


encoder, decoder = build_deep_autoencoder(IMG_SHAPE, CODE_SIZE)
autoencoder = chained(encoder, decoder)
rounds = EPOCHS + EPOCHS // 2
autoencoder.compile(optimizer=falling(0.005, rounds), loss="mse")
history = autoencoder.fit(
    x_train, x_train, batch_size=BATCH, epochs=rounds, validation_data=(x_valid, x_valid), verbose=0
)
