# written from: face_gan.ipynb as released, nothing else
# declares: right
# design: Sequential networks with group normalisation and swish instead of batch normalisation, discriminator with dropout 0.3 whose d_losses are measured without it, softplus losses by hand with smoothed targets on both sides, RMSprop with linear decay, blocks of steps in a tf.function loop, losses as means over stretches of 25 steps

# %% make_generator
def make_generator(code_size):
    """A new untrained network that meets the conditions above.

    code_size: how many numbers a code has.
    Maps codes float32 [n, code_size] to pictures [n, 32, 32, 3] within [-0.5, 0.5].
    """
    L = keras.layers
    base = 24 if TIER == "mini" else 64
    net = keras.Sequential([keras.Input(shape=(code_size,))])
    net.add(L.Dense(16 * 4 * base))
    net.add(L.Reshape((4, 4, 4 * base)))
    net.add(L.GroupNormalization(groups=8))
    net.add(L.Activation("swish"))
    for filters in [2 * base, base, base // 2]:
        net.add(L.Conv2DTranspose(filters, kernel_size=4, strides=2, padding="same"))
        net.add(L.GroupNormalization(groups=4))
        net.add(L.Activation("swish"))
    net.add(L.Conv2D(3, kernel_size=3, padding="same", activation="tanh"))
    net.add(L.Rescaling(scale=0.5))
    return net

# %% make_discriminator
def make_discriminator():
    """A new untrained network that meets the conditions above.

    Maps pictures float32 [n, 32, 32, 3] within [-0.5, 0.5] to logits [n, 1].
    """
    L = keras.layers
    base = 24 if TIER == "mini" else 64
    net = keras.Sequential([keras.Input(shape=(32, 32, 3))])
    for filters in [base, 2 * base, 4 * base]:
        net.add(L.Conv2D(filters, kernel_size=5, strides=2, padding="same"))
        net.add(L.LeakyReLU(negative_slope=0.2))
        net.add(L.Dropout(0.3))
    net.add(L.Flatten())
    net.add(L.Dense(1))
    return net

# %% discriminator_loss
def cross_entropy_of_logit(z, target):
    """-target * log(sigma(z)) - (1 - target) * log(1 - sigma(z)), for any size of z."""
    return tf.math.softplus(z) - target * z


def discriminator_loss(real_logits, fake_logits):
    """What the discriminator lowers.

    real_logits [n, 1], fake_logits [m, 1]: float32 tensors; n and m may differ.
    Returns one number (a scalar tensor).
    """
    return tf.reduce_mean(cross_entropy_of_logit(real_logits, 0.9)) + tf.reduce_mean(
        cross_entropy_of_logit(fake_logits, 0.05)
    )

# %% generator_loss
def generator_loss(fake_logits):
    """What the generator lowers: the non-saturating loss.

    fake_logits [m, 1]: float32 tensor, what the discriminator says to generated pictures.
    Returns one number (a scalar tensor).
    """
    return -tf.reduce_mean(tf.math.log_sigmoid(fake_logits))

# %% discriminator_step
def discriminator_step(generator, discriminator, optimizer, real, codes):
    """Move the discriminator's trainable weights one step down the slope of its loss.

    optimizer: a Keras optimiser for the discriminator's trainable weights
    real: float32 tensor of real pictures [n, height, width, 3]
    codes: float32 tensor [m, code size], of which the generator draws pictures
    Returns the loss before the step (a scalar tensor). The generator's weights stay.
    """
    n = tf.shape(real)[0]
    both = tf.concat([real, generator(codes, training=True)], axis=0)
    with tf.GradientTape() as tape:
        z = discriminator(both, training=True)
        value = discriminator_loss(z[:n], z[n:])
    slopes = tape.gradient(value, discriminator.trainable_variables)
    optimizer.apply_gradients(list(zip(slopes, discriminator.trainable_variables)))
    return value

# %% generator_step
def generator_step(generator, discriminator, optimizer, codes):
    """Move the generator's trainable weights one step down the slope of its loss.

    optimizer: a Keras optimiser for the generator's trainable weights
    codes: float32 tensor [m, code size], of which the generator draws pictures
    Returns the loss before the step (a scalar tensor). The discriminator's weights stay.
    """
    with tf.GradientTape() as tape:
        z = discriminator(generator(codes, training=True), training=True)
        value = generator_loss(z)
    slopes = tape.gradient(value, generator.trainable_variables)
    optimizer.apply_gradients(list(zip(slopes, generator.trainable_variables)))
    return value

# %% training
generator = make_generator(CODE_SIZE)
discriminator = make_discriminator()

STRETCH = 25
stretches = round(1.4 * STEPS) // STRETCH
start = 0.0005 if TIER == "mini" else 0.0002


def falling_rmsprop(network):
    rate = keras.optimizers.schedules.PolynomialDecay(start, stretches * STRETCH, end_learning_rate=start / 20)
    made = keras.optimizers.RMSprop(rate, rho=0.9)
    made.build(network.trainable_variables)
    return made


d_opt, g_opt = falling_rmsprop(discriminator), falling_rmsprop(generator)
album = tf.constant(faces)


@tf.function
def one_stretch():
    d_sum, g_sum = tf.constant(0.0), tf.constant(0.0)
    for _ in tf.range(STRETCH):
        rows = tf.random.uniform((BATCH,), 0, len(faces), dtype=tf.int32)
        real = tf.gather(album, rows)
        mirrored = tf.random.uniform((BATCH, 1, 1, 1)) < 0.5
        real = tf.where(mirrored, tf.reverse(real, axis=[2]), real)
        codes = tf.random.normal((BATCH, CODE_SIZE))
        # the loss of this moment without dropout, which is strong in this discriminator
        drawn = generator(codes, training=False)
        d_sum += discriminator_loss(discriminator(real, training=False), discriminator(drawn, training=False))
        discriminator_step(generator, discriminator, d_opt, real, codes)
        g_sum += generator_step(generator, discriminator, g_opt, tf.random.normal((BATCH, CODE_SIZE)))
    return d_sum / STRETCH, g_sum / STRETCH


d_losses, g_losses = [], []
for _ in range(stretches):
    d_mean, g_mean = one_stretch()
    d_losses.append(float(d_mean))
    g_losses.append(float(g_mean))
