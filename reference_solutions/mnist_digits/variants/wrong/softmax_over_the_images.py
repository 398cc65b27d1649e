# title: softmax normalises over the images instead of the classes
# loses: check_softmax

# Both models' predictions end in it, and are asked once more with a right one.

# %% softmax
def softmax(logits):
    powers = tf.exp(logits - tf.reduce_max(logits, axis=0, keepdims=True))
    return powers / tf.reduce_sum(powers, axis=0, keepdims=True)
