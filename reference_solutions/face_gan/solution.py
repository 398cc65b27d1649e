# %% [markdown]
# # Week 4, faces out of noise: the reference solution
#
# Each cell that is headed by a `grade_id` is the whole answer cell as it stands in the notebook.
# Cells without an id are here for the reader only and go nowhere.

# %% [markdown]
# ## Two networks
#
# The last doubling is bilinear, with an ordinary convolution behind it: transposed convolutions
# leave a chequered pattern of single pixels, which takes a thousand steps more to go away.
# Batch normalisation makes the generator's training several times as fast. The discriminator has
# none: it would see whole batches, and tell them apart by their means.


# %% make_generator
def make_generator(code_size):
    """A new untrained network that meets the conditions above.

    code_size: how many numbers a code has.
    Maps codes float32 [n, code_size] to pictures [n, 32, 32, 3] within [-0.5, 0.5].
    """
    layers = keras.layers
    width = 64 if TIER == "full" else 16

    def normalised():
        return [layers.BatchNormalization(momentum=0.9), layers.ReLU()]

    def doubled(maps):
        convolution = layers.Conv2DTranspose(maps, 4, strides=2, padding="same", use_bias=False)
        return [convolution, *normalised()]

    return keras.Sequential(
        [
            keras.Input((code_size,)),
            layers.Dense(4 * 4 * 4 * width, use_bias=False),
            layers.Reshape((4, 4, 4 * width)),
            *normalised(),
            *doubled(2 * width),
            *doubled(width),
            layers.UpSampling2D(interpolation="bilinear"),
            layers.Conv2D(3, 3, padding="same", activation="tanh"),
            layers.Rescaling(0.5),
        ]
    )


# %% make_discriminator
def make_discriminator():
    """A new untrained network that meets the conditions above.

    Maps pictures float32 [n, 32, 32, 3] within [-0.5, 0.5] to logits [n, 1].
    """
    layers = keras.layers
    width = 64 if TIER == "full" else 16
    found = [keras.Input((32, 32, 3))]
    for maps in (width, 2 * width, 4 * width):
        found.append(layers.Conv2D(maps, 4, strides=2, padding="same"))
        found.append(layers.LeakyReLU(negative_slope=0.2))
    return keras.Sequential([*found, layers.Flatten(), layers.Dense(1)])


# %% [markdown]
# ## Two losses
#
# `sigmoid_cross_entropy_with_logits` computes max(z, 0) - z t + log(1 + exp(-|z|)): nothing in it
# can overflow. A target of 0.9 for real pictures keeps the discriminator from running ahead.


# %% discriminator_loss
def discriminator_loss(real_logits, fake_logits):
    """What the discriminator lowers.

    real_logits [n, 1], fake_logits [m, 1]: float32 tensors; n and m may differ.
    Returns one number (a scalar tensor).
    """
    entropy = tf.nn.sigmoid_cross_entropy_with_logits
    real = entropy(labels=tf.fill(tf.shape(real_logits), 0.9), logits=real_logits)
    fake = entropy(labels=tf.zeros_like(fake_logits), logits=fake_logits)
    return tf.reduce_mean(real) + tf.reduce_mean(fake)


# %% generator_loss
def generator_loss(fake_logits):
    """What the generator lowers: the non-saturating loss.

    fake_logits [m, 1]: float32 tensor, what the discriminator says to generated pictures.
    Returns one number (a scalar tensor).
    """
    entropy = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(entropy(labels=tf.ones_like(fake_logits), logits=fake_logits))


# %% [markdown]
# ## One step of each
#
# What a tape does not ask about does not move: the gradient is taken with respect to one network's
# weights only.


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
        loss = discriminator_loss(
            discriminator(real, training=True), discriminator(fake, training=True)
        )
    weights = discriminator.trainable_weights
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
    return loss


# %% generator_step
def generator_step(generator, discriminator, optimizer, codes):
    """Move the generator's trainable weights one step down the slope of its loss.

    optimizer: a Keras optimiser for the generator's trainable weights
    codes: float32 tensor [m, code size], of which the generator draws pictures
    Returns the loss before the step (a scalar tensor). The discriminator's weights stay.
    """
    with tf.GradientTape() as tape:
        fake = generator(codes, training=True)
        loss = generator_loss(discriminator(fake, training=True))
    weights = generator.trainable_weights
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
    return loss


# %% [markdown]
# ## The game
#
# Both steps in one compiled function. The rate falls to a twentieth: the last steps then average
# out what the earlier ones swing around.


# %% training
generator, discriminator = make_generator(CODE_SIZE), make_discriminator()


def optimiser_of(network):
    start = 2e-4 if TIER == "full" else 1e-3
    falling = keras.optimizers.schedules.PolynomialDecay(start, STEPS, 0.05 * start)
    optimiser = keras.optimizers.Adam(falling, beta_1=0.5)
    optimiser.build(network.trainable_weights)
    return optimiser


d_optimiser, g_optimiser = optimiser_of(discriminator), optimiser_of(generator)


@tf.function
def turn(real):
    d_loss = discriminator_step(
        generator, discriminator, d_optimiser, real, tf.random.normal((BATCH, CODE_SIZE))
    )
    g_loss = generator_step(
        generator, discriminator, g_optimiser, tf.random.normal((BATCH, CODE_SIZE))
    )
    return d_loss, g_loss


d_losses, g_losses = [], []
for _ in range(STEPS):
    chosen = np.random.randint(0, len(faces), BATCH)
    d_loss, g_loss = turn(tf.constant(faces[chosen]))
    d_losses.append(float(d_loss))
    g_losses.append(float(g_loss))


# %% [markdown] losses_in_words
# **Why the non-saturating loss, and why do losses say so little here?**
#
# At the start the discriminator recognises every generated picture: its probability p that one is
# real is near 0. The slope of log(1 - p) with respect to the logit is -p, so near 0 as well, and
# the generator learns nothing. The slope of -log p is p - 1, near -1, its steepest.
#
# Each loss measures one network against the other as it is just then. When both get better their
# losses may stay where they are, and a generator's loss may rise while its faces improve, since
# its judge has improved faster. Mode collapse: the generator draws a few faces again and again,
# whatever the code, because these happen to pass. Coverage notices it at once, and the kernel
# distance as well, though less clearly if those few are varied. Density would not: it only asks
# whether each face lies among real ones. Nor does newness.
