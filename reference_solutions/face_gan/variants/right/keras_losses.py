# title: losses by Keras, and one pass of the discriminator over real and generated ones together

# %% discriminator_loss
cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)


def discriminator_loss(real_logits, fake_logits):
    return cross_entropy(0.9 * tf.ones_like(real_logits), real_logits) + cross_entropy(
        tf.zeros_like(fake_logits), fake_logits
    )

# %% generator_loss
def generator_loss(fake_logits):
    return cross_entropy(tf.ones_like(fake_logits), fake_logits)

# %% discriminator_step
def discriminator_step(generator, discriminator, optimizer, real, codes):
    n = tf.shape(real)[0]
    with tf.GradientTape() as tape:
        both = tf.concat([real, generator(codes, training=True)], axis=0)
        logits = discriminator(both, training=True)
        loss = discriminator_loss(logits[:n], logits[n:])
    slopes = tape.gradient(loss, discriminator.trainable_variables)
    optimizer.apply(slopes, discriminator.trainable_variables)
    return loss
