# title: scores are divided by their sum, without exponentials
# loses: check_softmax

# Both models' predictions end in it, and are asked once more with a right one.

# %% softmax
def softmax(logits):
    return logits / tf.reduce_sum(logits, axis=1, keepdims=True)
