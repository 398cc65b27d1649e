# title: both steps return the loss after the step
# loses: check_discriminator_step, check_generator_step

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
    fake = generator(codes, training=True)
    return discriminator_loss(
        discriminator(real, training=True), discriminator(fake, training=True)
    )

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
    return generator_loss(discriminator(generator(codes, training=True), training=True))
