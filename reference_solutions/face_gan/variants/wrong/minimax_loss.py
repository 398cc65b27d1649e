# title: the generator lowers log(1 - sigma), which is flat where it is recognised
# loses: check_generator_loss

# %% generator_loss
def generator_loss(fake_logits):
    return -tf.reduce_mean(tf.nn.softplus(fake_logits))
