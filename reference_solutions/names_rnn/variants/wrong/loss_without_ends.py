# title: no PAD counts, not even the first: the network never learns to end a name
# loses: check_masked_loss, check_step_loss, check_samples

# %% masked_loss
def masked_loss(probs, answers):
    picked = tf.gather(probs, answers, batch_dims=2)
    counts = tf.cast(answers != PAD, tf.float32)
    total = tf.maximum(tf.reduce_sum(counts), 1.0)
    return -tf.reduce_sum(counts * tf.math.log(tf.maximum(picked, 1e-9))) / total
