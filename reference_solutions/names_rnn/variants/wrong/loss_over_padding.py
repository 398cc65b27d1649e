# title: the mean is taken over all places, padding and all
# loses: check_masked_loss

# %% masked_loss
def masked_loss(probs, answers):
    picked = tf.gather(probs, answers, batch_dims=2)
    return -tf.reduce_mean(tf.math.log(tf.maximum(picked, 1e-9)))
