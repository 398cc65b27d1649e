# title: a running mean of the generator's weights

# %% training
generator, discriminator = make_generator(CODE_SIZE), make_discriminator()


def optimiser_of(network):
    start = 2e-4 if TIER == "full" else 1e-3
    falling = keras.optimizers.schedules.PolynomialDecay(start, STEPS, 0.05 * start)
    optimiser = keras.optimizers.Adam(falling, beta_1=0.5)
    optimiser.build(network.trainable_weights)
    return optimiser


d_optimiser, g_optimiser = optimiser_of(discriminator), optimiser_of(generator)

slow = make_generator(CODE_SIZE)
slow.set_weights(generator.get_weights())


@tf.function
def turn(real):
    d_loss = discriminator_step(generator, discriminator, d_optimiser, real, tf.random.normal((BATCH, CODE_SIZE)))
    g_loss = generator_step(generator, discriminator, g_optimiser, tf.random.normal((BATCH, CODE_SIZE)))
    for mean, now in zip(slow.variables, generator.variables):
        if "float" in str(mean.dtype):
            mean.assign(0.98 * mean + 0.02 * now)
    return d_loss, g_loss


data = tf.data.Dataset.from_tensor_slices(faces).shuffle(len(faces)).repeat().batch(BATCH, drop_remainder=True)
d_losses, g_losses = [], []
for real in data.take(STEPS):
    d_loss, g_loss = turn(real)
    d_losses.append(d_loss.numpy())
    g_losses.append(g_loss.numpy())
generator = slow
