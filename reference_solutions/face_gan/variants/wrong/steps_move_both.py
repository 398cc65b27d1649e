# title: one tape, and the discriminator's step moves the generator's weights as well
# loses: check_discriminator_step

# %% discriminator_step
def discriminator_step(generator, discriminator, optimizer, real, codes):
    """Move the discriminator's trainable weights one step down the slope of its loss.

    optimizer: a Keras optimiser for the discriminator's trainable weights
    real: float32 tensor of real pictures [n, height, width, 3]
    codes: float32 tensor [m, code size], of which the generator draws pictures
    Returns the loss before the step (a scalar tensor). The generator's weights stay.
    """
    with tf.GradientTape() as tape:
        fake = generator(codes, training=True)
        loss = discriminator_loss(
            discriminator(real, training=True), discriminator(fake, training=True)
        )
    mine, theirs = discriminator.trainable_weights, generator.trainable_weights
    slopes = tape.gradient(loss, mine + theirs)
    optimizer.apply_gradients(zip(slopes[: len(mine)], mine))
    for weight, slope in zip(theirs, slopes[len(mine) :]):
        weight.assign_sub(1e-6 * slope)
    return loss
