# title: padding adds nothing to the loss, but is counted in its mean
# loses: check_masked_loss

# %% masked_loss
def masked_loss(logits, targets, pad_idx):
    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    return tf.reduce_mean(entropy * tf.cast(targets != pad_idx, tf.float32))
