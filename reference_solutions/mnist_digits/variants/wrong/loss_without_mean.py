# title: the cross-entropy is summed over the images, and the learning rate made up for it
# loses: check_cross_entropy, check_stable_cross_entropy

# %% cross_entropy
def cross_entropy(logits, y_onehot):
    return tf.reduce_sum(tf.nn.softmax_cross_entropy_with_logits(y_onehot, logits))

# %% softmax_train
W = tf.Variable(tf.zeros((784, 10)))
b = tf.Variable(tf.zeros(10))
quick_step = tf.function(softmax_step)

softmax_history = []
for epoch in range(EPOCHS):
    for X_batch, Y_batch in batches(X_train, Y_train):
        quick_step(tf.constant(X_batch), tf.constant(Y_batch), W, b, tf.constant(0.3 / 128))
    softmax_history.append(float(cross_entropy(softmax_logits(X_valid, W, b), Y_valid)))
