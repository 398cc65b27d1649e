# title: a target of 0.5 for real pictures: nothing to tell apart
# loses: check_discriminator_loss

# %% discriminator_loss
def discriminator_loss(real_logits, fake_logits):
    entropy = tf.nn.sigmoid_cross_entropy_with_logits
    real = entropy(labels=tf.fill(tf.shape(real_logits), 0.5), logits=real_logits)
    fake = entropy(labels=tf.zeros_like(fake_logits), logits=fake_logits)
    return tf.reduce_mean(real) + tf.reduce_mean(fake)
