# written from: face_gan.ipynb as released, nothing else
# declares: wrong
# mistake: the codes are drawn with numpy inside the function that tf.function compiles, so they are drawn once, when it is traced, and the training sees the same few codes in every step
# at: training : codes = np.random.normal(size=(2, BATCH, CODE_SIZE)).astype("float32")
# should cost: training (do they look like faces, do they differ: check_faces, check_variety)

# %% make_generator
def make_generator(code_size):
    """A new untrained network that meets the conditions above.

    code_size: how many numbers a code has.
    Maps codes float32 [n, code_size] to pictures [n, 32, 32, 3] within [-0.5, 0.5].
    """
    w = 16 if TIER == "mini" else 64

    def normal(x):
        return keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.9)(x))

    inputs = keras.Input((code_size,))
    x = normal(keras.layers.Reshape((4, 4, 4 * w))(keras.layers.Dense(64 * w)(inputs)))
    x = normal(keras.layers.Conv2DTranspose(2 * w, 4, 2, padding="same")(x))
    x = normal(keras.layers.Conv2DTranspose(w, 4, 2, padding="same")(x))
    x = keras.layers.UpSampling2D(interpolation="bilinear")(x)
    x = keras.layers.Conv2D(w, 3, padding="same", activation="relu")(x)
    x = keras.layers.Conv2D(3, 3, padding="same", activation="tanh")(x)
    return keras.Model(inputs, keras.layers.Rescaling(0.5)(x))

# %% make_discriminator
def make_discriminator():
    """A new untrained network that meets the conditions above.

    Maps pictures float32 [n, 32, 32, 3] within [-0.5, 0.5] to logits [n, 1].
    """
    w = 16 if TIER == "mini" else 64
    inputs = keras.Input((32, 32, 3))
    x = inputs
    for maps in (w, 2 * w, 4 * w):
        x = keras.layers.Conv2D(maps, 4, 2, padding="same")(x)
        x = keras.layers.LeakyReLU(negative_slope=0.2)(x)
    return keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Flatten()(x)))

# %% discriminator_loss
bce = keras.losses.BinaryCrossentropy(from_logits=True)


def discriminator_loss(real_logits, fake_logits):
    """What the discriminator lowers.

    real_logits [n, 1], fake_logits [m, 1]: float32 tensors; n and m may differ.
    Returns one number (a scalar tensor).
    """
    return bce(0.9 * tf.ones_like(real_logits), real_logits) + bce(tf.zeros_like(fake_logits), fake_logits)

# %% generator_loss
def generator_loss(fake_logits):
    """What the generator lowers: the non-saturating loss.

    fake_logits [m, 1]: float32 tensor, what the discriminator says to generated pictures.
    Returns one number (a scalar tensor).
    """
    return bce(tf.ones_like(fake_logits), fake_logits)

# %% discriminator_step
def discriminator_step(generator, discriminator, optimizer, real, codes):
    """Move the discriminator's trainable weights one step down the slope of its loss.

    optimizer: a Keras optimiser for the discriminator's trainable weights
    real: float32 tensor of real pictures [n, height, width, 3]
    codes: float32 tensor [m, code size], of which the generator draws pictures
    Returns the loss before the step (a scalar tensor). The generator's weights stay.
    """
    fake = generator(codes, training=True)
    with tf.GradientTape() as tape:
        loss = discriminator_loss(discriminator(real, training=True), discriminator(fake, training=True))
    slope = tape.gradient(loss, discriminator.trainable_weights)
    optimizer.apply_gradients(zip(slope, discriminator.trainable_weights))
    return loss

# %% generator_step
def generator_step(generator, discriminator, optimizer, codes):
    """Move the generator's trainable weights one step down the slope of its loss.

    optimizer: a Keras optimiser for the generator's trainable weights
    codes: float32 tensor [m, code size], of which the generator draws pictures
    Returns the loss before the step (a scalar tensor). The discriminator's weights stay.
    """
    with tf.GradientTape() as tape:
        loss = generator_loss(discriminator(generator(codes, training=True), training=True))
    slope = tape.gradient(loss, generator.trainable_weights)
    optimizer.apply_gradients(zip(slope, generator.trainable_weights))
    return loss

# %% training
generator, discriminator = make_generator(CODE_SIZE), make_discriminator()
rate = 0.001 if TIER == "mini" else 0.0002
opt_g = keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(rate, STEPS, rate / 20), beta_1=0.5)
opt_d = keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(rate, STEPS, rate / 20), beta_1=0.5)
opt_g.build(generator.trainable_weights)
opt_d.build(discriminator.trainable_weights)


@tf.function
def round_of_the_game(real):
    codes = np.random.normal(size=(2, BATCH, CODE_SIZE)).astype("float32")
    loss_d = discriminator_step(generator, discriminator, opt_d, real, codes[0])
    loss_g = generator_step(generator, discriminator, opt_g, codes[1])
    return loss_d, loss_g


d_losses, g_losses = [], []
for step in range(STEPS):
    real = faces[np.random.choice(len(faces), BATCH, replace=False)]
    loss_d, loss_g = round_of_the_game(tf.constant(real))
    d_losses.append(loss_d.numpy().item())
    g_losses.append(loss_g.numpy().item())
