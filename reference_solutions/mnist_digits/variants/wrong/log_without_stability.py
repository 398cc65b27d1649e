# title: the logarithm of a softmax that overflows: NaN where scores are large
# loses: check_stable_cross_entropy

# %% cross_entropy
def cross_entropy(logits, y_onehot):
    powers = tf.exp(logits)
    p = powers / tf.reduce_sum(powers, axis=1, keepdims=True)
    return -tf.reduce_mean(tf.reduce_sum(y_onehot * tf.math.log(p), axis=1))
