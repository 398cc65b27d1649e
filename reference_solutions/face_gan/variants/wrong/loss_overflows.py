# title: probabilities first and then their logarithm: infinite for large logits
# loses: check_discriminator_loss

# %% discriminator_loss
def discriminator_loss(real_logits, fake_logits):
    real, fake = tf.sigmoid(real_logits), tf.sigmoid(fake_logits)
    return -tf.reduce_mean(0.9 * tf.math.log(real) + 0.1 * tf.math.log(1 - real)) - tf.reduce_mean(tf.math.log(1 - fake))
