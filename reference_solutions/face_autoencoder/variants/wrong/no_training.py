# title: the learning rate is 0, and nothing is learnt
# loses: check_curve, check_reconstruction, check_denoiser, check_smooth

# %% training
def falling(rate, epochs):
    return keras.optimizers.Adam(0.0)


def chained(encoder, decoder):
    inputs = keras.Input(IMG_SHAPE)
    return keras.Model(inputs, decoder(encoder(inputs)))


encoder, decoder = build_deep_autoencoder(IMG_SHAPE, CODE_SIZE)
autoencoder = chained(encoder, decoder)
autoencoder.compile(optimizer=falling(0.0, 3), loss="mse")
history = autoencoder.fit(
    x_train[:500], x_train[:500], batch_size=BATCH, epochs=3, validation_data=(x_valid, x_valid), verbose=0
)
