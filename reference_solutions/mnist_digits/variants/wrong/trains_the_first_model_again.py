# title: the network's loop makes steps of softmax regression; the network stays as it was drawn
# loses: check_mlp_accuracy, check_mlp_history

# %% mlp_train
sizes = [784, 256, 256, 10]
mlp_variables = []
for inputs, units in zip(sizes[:-1], sizes[1:]):
    mlp_variables.append(tf.Variable(tf.random.normal((inputs, units), stddev=(2 / inputs) ** 0.5)))
    mlp_variables.append(tf.Variable(tf.zeros(units)))
mlp_optimizer = keras.optimizers.Adam(1e-3)


def mlp_logits(X):
    W1, b1, W2, b2, W3, b3 = mlp_variables
    h1 = tf.nn.relu(X @ W1 + b1)
    h2 = tf.nn.relu(h1 @ W2 + b2)
    return h2 @ W3 + b3


@tf.function(reduce_retracing=True)
def mlp_step(X, Y):
    with tf.GradientTape() as tape:
        loss = cross_entropy(mlp_logits(X), Y)
    mlp_optimizer.apply_gradients(zip(tape.gradient(loss, mlp_variables), mlp_variables))


# Copies of the first model's variables: in a notebook that is run once, nothing else suffers.
scrap = tf.Variable(W), tf.Variable(b)
mlp_history = []
for epoch in range(EPOCHS):
    for X_batch, Y_batch in batches(X_train, Y_train):
        quick_step(tf.constant(X_batch), tf.constant(Y_batch), *scrap, tf.constant(0.3))
    mlp_history.append(float(cross_entropy(mlp_logits(X_valid), Y_valid)))
