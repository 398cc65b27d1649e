# title: a small number in the logarithm keeps the loss finite, and wrong
# loses: check_stable_cross_entropy

# %% cross_entropy
def cross_entropy(logits, y_onehot):
    p = tf.nn.softmax(logits)
    return -tf.reduce_mean(tf.reduce_sum(y_onehot * tf.math.log(p + 1e-9), axis=1))
