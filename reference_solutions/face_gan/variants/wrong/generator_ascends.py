# title: the generator's step goes uphill
# loses: check_generator_step, check_faces, check_variety, check_new, check_scores

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
    optimizer.apply_gradients([(-g, w) for g, w in zip(tape.gradient(loss, weights), weights)])
    return loss
