# title: the scores have no biases, and training stops for want of their gradient
# loses: check_softmax_logits, check_softmax_accuracy, check_softmax_history

# %% softmax_logits
def softmax_logits(X, W, b):
    return tf.matmul(X, W)
