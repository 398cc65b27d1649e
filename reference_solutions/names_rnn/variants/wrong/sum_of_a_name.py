# title: the losses of a name are added up; the mean is one over names
# loses: check_masked_loss

# %% masked_loss
def masked_loss(probs, answers):
    picked = tf.gather(probs, answers, batch_dims=2)
    ended = tf.cumsum(tf.cast(answers == PAD, tf.int32), axis=1, exclusive=True)
    counts = tf.cast(ended == 0, tf.float32)
    losses = counts * -tf.math.log(tf.maximum(picked, 1e-9))
    return tf.reduce_mean(tf.reduce_sum(losses, axis=1))
