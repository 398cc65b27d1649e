# title: the loss takes the exponential of logits as they are
# loses: check_masked_loss

# %% masked_loss
def masked_loss(logits, targets, pad_idx):
    powers = tf.exp(logits)
    shares = powers / tf.reduce_sum(powers, axis=-1, keepdims=True)
    right = tf.gather(shares, tf.cast(targets, tf.int32), batch_dims=2)
    return -tf.reduce_mean(tf.math.log(tf.boolean_mask(right, targets != pad_idx)))
