# title: softplus written out, targets of 0.8 and 0.1, the two means averaged

# %% discriminator_loss
def discriminator_loss(real_logits, fake_logits):
    real_logits, fake_logits = real_logits[:, 0], fake_logits[:, 0]
    real = tf.nn.softplus(-real_logits) + 0.2 * real_logits
    fake = tf.nn.softplus(fake_logits) - 0.1 * fake_logits
    return (tf.reduce_mean(real) + tf.reduce_mean(fake)) / 2
