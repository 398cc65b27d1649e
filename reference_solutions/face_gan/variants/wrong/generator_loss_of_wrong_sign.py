# title: the generator is rewarded for being recognised
# loses: check_generator_loss, check_faces, check_variety, check_new, check_scores

# %% generator_loss
def generator_loss(fake_logits):
    entropy = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(entropy(labels=tf.zeros_like(fake_logits), logits=fake_logits))
