# title: the step returns the loss after it
# loses: check_softmax_step

# %% softmax_step
def softmax_step(X, y_onehot, W, b, learning_rate):
    with tf.GradientTape() as tape:
        loss = cross_entropy(softmax_logits(X, W, b), y_onehot)
    dW, db = tape.gradient(loss, [W, b])
    W.assign_sub(learning_rate * dW)
    b.assign_sub(learning_rate * db)
    return cross_entropy(softmax_logits(X, W, b), y_onehot)
