# title: the loss is a sum, not a mean
# loses: check_masked_loss

# %% masked_loss
def masked_loss(logits, targets, pad_idx):
    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    return tf.reduce_sum(entropy * tf.cast(targets != pad_idx, entropy.dtype))
