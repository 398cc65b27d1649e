# title: the loss counts padding as words
# loses: check_masked_loss

# %% masked_loss
def masked_loss(logits, targets, pad_idx):
    return tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    )
