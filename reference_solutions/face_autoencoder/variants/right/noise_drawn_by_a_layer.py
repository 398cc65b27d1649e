# title: a layer of Keras' draws the noise in training, and is at rest when the denoiser is asked

# %% denoiser
pair = build_deep_autoencoder(IMG_SHAPE, CODE_SIZE)
for new, trained in zip(pair, (encoder, decoder)):
    new.set_weights(trained.get_weights())
_clean = keras.Input(IMG_SHAPE)
_noisy = keras.layers.GaussianNoise(SIGMA)(_clean)
denoiser = keras.Model(_clean, pair[1](pair[0](_noisy)))
rounds = EPOCHS // 2
denoiser.compile(optimizer=falling(0.003, rounds), loss="mse")
denoiser.fit(x_train, x_train, batch_size=BATCH, epochs=rounds, verbose=0)
