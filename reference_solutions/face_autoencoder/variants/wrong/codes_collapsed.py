# title: the encoder is spoilt after training: every face gets the same code
# loses: check_end, check_reconstruction, check_neighbours, check_smooth

# %% + after:training
kept = encoder.get_weights(), decoder.get_weights()
encoder.set_weights([w * 0 for w in kept[0]])

# %% denoiser
pair = build_deep_autoencoder(IMG_SHAPE, CODE_SIZE)
for new, weights in zip(pair, kept):
    new.set_weights(weights)
denoiser = chained(*pair)
rounds = 5
denoiser.compile(optimizer=falling(0.003, rounds), loss="mse")
for _ in range(rounds):
    denoiser.fit(apply_gaussian_noise(x_train, SIGMA), x_train, batch_size=BATCH, epochs=1, verbose=0)
