# title: the mean is taken over images and classes alike
# loses: check_cross_entropy, check_stable_cross_entropy, check_softmax_history, check_mlp_history

# A tenth of the loss that is asked for: the histories are of something else, too.

# %% cross_entropy
def cross_entropy(logits, y_onehot):
    return -tf.reduce_mean(y_onehot * tf.nn.log_softmax(logits))

# %% softmax_train
W = tf.Variable(tf.zeros((784, 10)))
b = tf.Variable(tf.zeros(10))
quick_step = tf.function(softmax_step)

softmax_history = []
for epoch in range(EPOCHS):
    for X_batch, Y_batch in batches(X_train, Y_train):
        quick_step(tf.constant(X_batch), tf.constant(Y_batch), W, b, tf.constant(3.0))
    softmax_history.append(float(cross_entropy(softmax_logits(X_valid, W, b), Y_valid)))
