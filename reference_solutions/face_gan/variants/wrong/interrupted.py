# title: interrupted after a twentieth of the training
# loses: check_faces, check_variety, check_new
# may lose: check_losses, check_scores

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
for _ in range(STEPS // 20):
    chosen = np.random.randint(0, len(faces), BATCH)
    d_loss, g_loss = turn(tf.constant(faces[chosen]))
    d_losses.append(float(d_loss))
    g_losses.append(float(g_loss))
