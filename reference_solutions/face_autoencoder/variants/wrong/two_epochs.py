# title: training ends after two epochs of a small part of the faces, and one more
# loses: check_curve, check_reconstruction, check_denoiser

# %% training
def falling(rate, epochs):
    steps = epochs * -(-len(x_train) // BATCH)
    return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.02))


def chained(encoder, decoder):
    inputs = keras.Input(IMG_SHAPE)
    return keras.Model(inputs, decoder(encoder(inputs)))


encoder, decoder = build_deep_autoencoder(IMG_SHAPE, CODE_SIZE)
autoencoder = chained(encoder, decoder)
autoencoder.compile(optimizer=falling(0.002, 3), loss="mse")
history = autoencoder.fit(
    x_train[:1000], x_train[:1000], batch_size=BATCH, epochs=3, validation_data=(x_valid, x_valid), verbose=0
)
