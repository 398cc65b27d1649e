# title: the discriminator's targets are exchanged: 0 is real; its logits tell the reverse
# loses: check_discriminator_loss, check_generator_loss, check_scores, check_losses

# %% discriminator_loss
def discriminator_loss(real_logits, fake_logits):
    entropy = tf.nn.sigmoid_cross_entropy_with_logits
    real = entropy(labels=tf.zeros_like(real_logits), logits=real_logits)
    fake = entropy(labels=tf.fill(tf.shape(fake_logits), 0.9), logits=fake_logits)
    return tf.reduce_mean(real) + tf.reduce_mean(fake)

# %% generator_loss
def generator_loss(fake_logits):
    entropy = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(entropy(labels=tf.zeros_like(fake_logits), logits=fake_logits))
