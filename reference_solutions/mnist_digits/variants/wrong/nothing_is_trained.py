# title: the network's loop looks at the loss and makes no step
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


mlp_history = []
for epoch in range(EPOCHS):
    for X_batch, Y_batch in batches(X_train, Y_train):
        cross_entropy(mlp_logits(X_batch), Y_batch)
    mlp_history.append(float(cross_entropy(mlp_logits(X_valid), Y_valid)))
