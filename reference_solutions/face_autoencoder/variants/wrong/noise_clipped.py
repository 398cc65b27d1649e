# title: noisy pictures are clipped to the range
# loses: check_noise

# %% apply_gaussian_noise
def apply_gaussian_noise(X, sigma=0.1):
    return np.clip(X + np.random.normal(0, sigma, X.shape).astype(np.float32), -0.5, 0.5)

# %% denoiser
pair = build_deep_autoencoder(IMG_SHAPE, CODE_SIZE)
for new, trained in zip(pair, (encoder, decoder)):
    new.set_weights(trained.get_weights())
denoiser = chained(*pair)
rounds = 5
denoiser.compile(optimizer=falling(0.003, rounds), loss="mse")
for _ in range(rounds):
    noise = np.random.normal(0, SIGMA, x_train.shape).astype(np.float32)
    denoiser.fit(x_train + noise, x_train, batch_size=BATCH, epochs=1, verbose=0)
