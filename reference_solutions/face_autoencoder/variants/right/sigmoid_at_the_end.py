# title: a sigmoid less a half keeps the range; half more epochs

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
    encoder.add(layers.Dense(code_size))
    decoder = keras.Sequential([keras.Input((code_size,))])
    decoder.add(layers.Dense(hidden, activation="elu"))
    decoder.add(layers.Dense(int(np.prod(smallest)), activation="elu"))
    decoder.add(layers.Reshape(smallest))
    for m in maps[-2::-1]:
        decoder.add(layers.Conv2DTranspose(m, 3, strides=2, padding="same", activation="elu"))
    decoder.add(layers.Conv2DTranspose(channels, 3, strides=2, padding="same", activation="sigmoid"))
    decoder.add(layers.Rescaling(1.0, offset=-0.5))
    return encoder, decoder

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
autoencoder.compile(optimizer=falling(0.006, rounds), loss="mse")
history = autoencoder.fit(
    x_train, x_train, batch_size=BATCH, epochs=rounds, validation_data=(x_valid, x_valid), verbose=0
)
