# title: the discriminator's loss is a sum over pictures, not a mean
# loses: check_discriminator_loss

# %% discriminator_loss
def discriminator_loss(real_logits, fake_logits):
    entropy = tf.nn.sigmoid_cross_entropy_with_logits
    real = entropy(labels=0.9 * tf.ones_like(real_logits), logits=real_logits)
    fake = entropy(labels=tf.zeros_like(fake_logits), logits=fake_logits)
    return tf.reduce_sum(real) + tf.reduce_sum(fake)
