# written from: face_gan.ipynb as released, nothing else
# declares: right
# design: generator of nearest upsampling + plain convolutions with a sigmoid at the end, discriminator of leaky strided convolutions that learns more slowly, with light dropout (0.1), averaged cross-entropy with a target of 0.85, a trainer class on tf.data with mirrored faces and cosine decay

# %% make_generator
def grow(maps, filters):
    """Twice the sides: copy every place four times, then let a convolution smooth it."""
    maps = keras.layers.UpSampling2D(interpolation="nearest")(maps)
    maps = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)(maps)
    maps = keras.layers.BatchNormalization(momentum=0.9)(maps)
    return keras.layers.LeakyReLU(negative_slope=0.1)(maps)


def make_generator(code_size):
    """A new untrained network that meets the conditions above.

    code_size: how many numbers a code has.
    Maps codes float32 [n, code_size] to pictures [n, 32, 32, 3] within [-0.5, 0.5].
    """
    width = 24 if TIER == "mini" else 64
    code = keras.Input((code_size,))
    maps = keras.layers.Dense(4 * 4 * 4 * width, use_bias=False)(code)
    maps = keras.layers.BatchNormalization(momentum=0.9)(maps)
    maps = keras.layers.LeakyReLU(negative_slope=0.1)(maps)
    maps = keras.layers.Reshape((4, 4, 4 * width))(maps)
    for filters in (2 * width, width, width // 2):
        maps = grow(maps, filters)
    pixels = keras.layers.Conv2D(3, 3, padding="same", activation="sigmoid")(maps)
    picture = keras.layers.Rescaling(1.0, offset=-0.5)(pixels)
    return keras.Model(code, picture, name="painter")

# %% make_discriminator
def make_discriminator():
    """A new untrained network that meets the conditions above.

    Maps pictures float32 [n, 32, 32, 3] within [-0.5, 0.5] to logits [n, 1].
    """
    width = 16 if TIER == "mini" else 64
    picture = keras.Input((32, 32, 3))
    maps = keras.layers.Rescaling(2.0)(picture)
    for filters in (width, 2 * width, 4 * width):
        maps = keras.layers.Conv2D(filters, 4, strides=2, padding="same", activation="leaky_relu")(maps)
        maps = keras.layers.Dropout(0.1)(maps)
    features = keras.layers.Flatten()(maps)
    return keras.Model(picture, keras.layers.Dense(1)(features), name="critic")

# %% discriminator_loss
def discriminator_loss(real_logits, fake_logits):
    """What the discriminator lowers.

    real_logits [n, 1], fake_logits [m, 1]: float32 tensors; n and m may differ.
    Returns one number (a scalar tensor).
    """
    entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    taken = entropy(tf.fill(tf.shape(real_logits), 0.85), real_logits)
    refused = entropy(tf.zeros_like(fake_logits), fake_logits)
    return (taken + refused) / 2

# %% generator_loss
def generator_loss(fake_logits):
    """What the generator lowers: the non-saturating loss.

    fake_logits [m, 1]: float32 tensor, what the discriminator says to generated pictures.
    Returns one number (a scalar tensor).
    """
    return keras.losses.BinaryCrossentropy(from_logits=True)(tf.ones_like(fake_logits), fake_logits)

# %% discriminator_step
def discriminator_step(generator, discriminator, optimizer, real, codes):
    """Move the discriminator's trainable weights one step down the slope of its loss.

    optimizer: a Keras optimiser for the discriminator's trainable weights
    real: float32 tensor of real pictures [n, height, width, 3]
    codes: float32 tensor [m, code size], of which the generator draws pictures
    Returns the loss before the step (a scalar tensor). The generator's weights stay.
    """
    forged = tf.stop_gradient(generator(codes, training=True))
    with tf.GradientTape() as tape:
        loss = discriminator_loss(discriminator(real, training=True), discriminator(forged, training=True))
    weights = discriminator.trainable_weights
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return loss

# %% generator_step
def generator_step(generator, discriminator, optimizer, codes):
    """Move the generator's trainable weights one step down the slope of its loss.

    optimizer: a Keras optimiser for the generator's trainable weights
    codes: float32 tensor [m, code size], of which the generator draws pictures
    Returns the loss before the step (a scalar tensor). The discriminator's weights stay.
    """
    weights = generator.trainable_weights
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([weight.value for weight in weights])
        forged = generator(codes, training=True)
        loss = generator_loss(discriminator(forged, training=True))
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return loss

# %% training
class Duel:
    """Both networks, an optimiser for each, and the turns that they take."""

    def __init__(self, turns):
        self.painter, self.critic = make_generator(CODE_SIZE), make_discriminator()
        top = 0.0008 if TIER == "mini" else 0.0002
        self.optimizers = []
        # the critic learns more slowly, or it wins every pair
        for network, share in ((self.painter, 1.0), (self.critic, 0.6)):
            rate = keras.optimizers.schedules.CosineDecay(share * top, turns, alpha=0.05)
            optimizer = keras.optimizers.Adam(rate, beta_1=0.5)
            optimizer.build(network.trainable_weights)
            self.optimizers.append(optimizer)

    @tf.function
    def turn(self, real):
        shape = (tf.shape(real)[0], CODE_SIZE)
        d = discriminator_step(self.painter, self.critic, self.optimizers[1], real, tf.random.normal(shape))
        g = generator_step(self.painter, self.critic, self.optimizers[0], tf.random.normal(shape))
        return d, g


def batches_of_faces(turns):
    stream = tf.data.Dataset.from_tensor_slices(faces).shuffle(len(faces)).repeat()
    stream = stream.batch(BATCH, drop_remainder=True).map(tf.image.random_flip_left_right)
    return stream.take(turns).prefetch(2)


turns = STEPS * 3 // 2
duel = Duel(turns)
told = [[float(number) for number in duel.turn(batch)] for batch in batches_of_faces(turns)]
d_losses, g_losses = (list(column) for column in zip(*told))
generator, discriminator = duel.painter, duel.critic
