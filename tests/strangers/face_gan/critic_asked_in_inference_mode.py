# written from: face_gan.ipynb as released, nothing else
# declares: wrong
# mistake: in the generator's step the discriminator is called with training=False, because "its weights stand still"; the text wants both networks called with training=True
# at: generator_step : verdict = discriminator(drawn, training=False)
# should cost: generator_step

# %% make_generator
def make_generator(code_size):
    """A new untrained network that meets the conditions above.

    code_size: how many numbers a code has.
    Maps codes float32 [n, code_size] to pictures [n, 32, 32, 3] within [-0.5, 0.5].
    """
    w = 16 if TIER == "mini" else 64
    return keras.Sequential(
        [
            keras.Input((code_size,)),
            keras.layers.Dense(4 * 4 * 4 * w, use_bias=False),
            keras.layers.Reshape((4, 4, 4 * w)),
            keras.layers.BatchNormalization(momentum=0.9),
            keras.layers.ReLU(),
            keras.layers.Conv2DTranspose(2 * w, 4, strides=2, padding="same", use_bias=False),
            keras.layers.BatchNormalization(momentum=0.9),
            keras.layers.ReLU(),
            keras.layers.Conv2DTranspose(w, 4, strides=2, padding="same", use_bias=False),
            keras.layers.BatchNormalization(momentum=0.9),
            keras.layers.ReLU(),
            keras.layers.UpSampling2D(interpolation="bilinear"),
            keras.layers.Conv2D(3, 3, padding="same", activation="tanh"),
            keras.layers.Rescaling(0.5),
        ]
    )

# %% make_discriminator
def make_discriminator():
    """A new untrained network that meets the conditions above.

    Maps pictures float32 [n, 32, 32, 3] within [-0.5, 0.5] to logits [n, 1].
    """
    w = 16 if TIER == "mini" else 64
    layers = [keras.Input((32, 32, 3))]
    for k in (1, 2, 4):
        layers += [keras.layers.Conv2D(k * w, 4, strides=2, padding="same"), keras.layers.LeakyReLU(0.2)]
    return keras.Sequential(layers + [keras.layers.Flatten(), keras.layers.Dense(1)])

# %% discriminator_loss
def discriminator_loss(real_logits, fake_logits):
    """What the discriminator lowers.

    real_logits [n, 1], fake_logits [m, 1]: float32 tensors; n and m may differ.
    Returns one number (a scalar tensor).
    """
    ce = tf.nn.sigmoid_cross_entropy_with_logits
    of_real = ce(labels=0.9 * tf.ones_like(real_logits), logits=real_logits)
    of_fake = ce(labels=tf.zeros_like(fake_logits), logits=fake_logits)
    return tf.reduce_mean(of_real) + tf.reduce_mean(of_fake)

# %% generator_loss
def generator_loss(fake_logits):
    """What the generator lowers: the non-saturating loss.

    fake_logits [m, 1]: float32 tensor, what the discriminator says to generated pictures.
    Returns one number (a scalar tensor).
    """
    return tf.reduce_mean(tf.nn.softplus(-fake_logits))

# %% discriminator_step
def discriminator_step(generator, discriminator, optimizer, real, codes):
    """Move the discriminator's trainable weights one step down the slope of its loss.

    optimizer: a Keras optimiser for the discriminator's trainable weights
    real: float32 tensor of real pictures [n, height, width, 3]
    codes: float32 tensor [m, code size], of which the generator draws pictures
    Returns the loss before the step (a scalar tensor). The generator's weights stay.
    """
    with tf.GradientTape() as tape:
        drawn = generator(codes, training=True)
        loss = discriminator_loss(discriminator(real, training=True), discriminator(drawn, training=True))
    gradients = tape.gradient(loss, discriminator.trainable_weights)
    optimizer.apply_gradients(zip(gradients, discriminator.trainable_weights))
    return loss

# %% generator_step
def generator_step(generator, discriminator, optimizer, codes):
    """Move the generator's trainable weights one step down the slope of its loss.

    optimizer: a Keras optimiser for the generator's trainable weights
    codes: float32 tensor [m, code size], of which the generator draws pictures
    Returns the loss before the step (a scalar tensor). The discriminator's weights stay.
    """
    with tf.GradientTape() as tape:
        drawn = generator(codes, training=True)
        verdict = discriminator(drawn, training=False)
        loss = generator_loss(verdict)
    gradients = tape.gradient(loss, generator.trainable_weights)
    optimizer.apply_gradients(zip(gradients, generator.trainable_weights))
    return loss

# %% training
generator = make_generator(CODE_SIZE)
discriminator = make_discriminator()
_top = 0.001 if TIER == "mini" else 0.0002
d_adam, g_adam = (
    keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(_top, STEPS, _top / 20), beta_1=0.5)
    for _ in range(2)
)
d_adam.build(discriminator.trainable_weights)
g_adam.build(generator.trainable_weights)


@tf.function
def both_steps(real):
    d = discriminator_step(generator, discriminator, d_adam, real, tf.random.normal((BATCH, CODE_SIZE)))
    g = generator_step(generator, discriminator, g_adam, tf.random.normal((BATCH, CODE_SIZE)))
    return d, g


d_losses, g_losses = [], []
for _ in range(STEPS):
    batch = faces[np.random.randint(len(faces), size=BATCH)]
    d, g = both_steps(tf.constant(batch))
    d_losses.append(float(d))
    g_losses.append(float(g))
