# title: steps that are not compiled

# %% training
generator, discriminator = make_generator(CODE_SIZE), make_discriminator()


def optimiser_of(network):
    start = 2e-4 if TIER == "full" else 1e-3
    falling = keras.optimizers.schedules.PolynomialDecay(start, STEPS, 0.05 * start)
    optimiser = keras.optimizers.Adam(falling, beta_1=0.5)
    optimiser.build(network.trainable_weights)
    return optimiser


d_optimiser, g_optimiser = optimiser_of(discriminator), optimiser_of(generator)

d_losses, g_losses = [], []
for step in range(STEPS):
    real = tf.convert_to_tensor(faces[np.random.choice(len(faces), BATCH, replace=False)])
    codes = tf.convert_to_tensor(np.random.randn(BATCH, CODE_SIZE).astype("float32"))
    d_losses.append(float(discriminator_step(generator, discriminator, d_optimiser, real, codes)))
    codes = tf.convert_to_tensor(np.random.randn(BATCH, CODE_SIZE).astype("float32"))
    g_losses.append(float(generator_step(generator, discriminator, g_optimiser, codes)))
