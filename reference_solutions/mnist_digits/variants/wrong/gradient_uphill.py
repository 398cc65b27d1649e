# title: the step adds the gradient
# loses: check_softmax_step, check_softmax_accuracy, check_softmax_history

# %% softmax_step
def softmax_step(X, y_onehot, W, b, learning_rate):
    with tf.GradientTape() as tape:
        loss = cross_entropy(softmax_logits(X, W, b), y_onehot)
    dW, db = tape.gradient(loss, [W, b])
    W.assign_add(learning_rate * dW)
    b.assign_add(learning_rate * db)
    return loss
