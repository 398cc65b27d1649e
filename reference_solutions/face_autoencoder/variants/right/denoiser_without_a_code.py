# title: the denoiser takes what noise is away from what it sees, and squeezes nothing

# %% denoiser
layers = keras.layers
pixels = keras.Input(IMG_SHAPE)
fine = layers.Conv2D(24, 5, padding="same", activation="elu")(pixels)
half = layers.Conv2D(32, 3, strides=2, padding="same", activation="elu")(fine)
half = layers.Conv2D(32, 3, padding="same", activation="elu")(half)
low = layers.Conv2D(48, 3, strides=2, padding="same", activation="elu")(half)
low = layers.Conv2D(48, 3, padding="same", activation="elu")(low)
low = layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="elu")(low)
half = layers.Concatenate()([half, low])
high = layers.Conv2DTranspose(24, 3, strides=2, padding="same", activation="elu")(half)
high = layers.Concatenate()([fine, high])
denoiser = keras.Model(pixels, layers.Conv2D(3, 3, padding="same")(high))
denoiser.compile(optimizer=falling(0.004, 5), loss="mse")
for _ in range(5):
    denoiser.fit(apply_gaussian_noise(x_train, SIGMA), x_train, batch_size=BATCH, epochs=1, verbose=0)
