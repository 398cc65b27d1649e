# title: biases of shape (1, c), here and there a column, and a compiled step

# %% softmax_step
@tf.function
def softmax_step(X, y_onehot, W, b, learning_rate):
    with tf.GradientTape() as tape:
        loss = cross_entropy(softmax_logits(X, W, b), y_onehot)
    gradients = tape.gradient(loss, [W, b])
    for variable, gradient in zip([W, b], gradients):
        variable.assign(variable - learning_rate * gradient)
    return loss

# %% softmax_train
W = tf.Variable(np.zeros([784, 10], "float32"))
b = tf.Variable(np.zeros([1, 10], "float32"))

losses = np.zeros(EPOCHS)
for epoch in range(EPOCHS):
    for X_batch, Y_batch in batches(X_train, Y_train):
        softmax_step(tf.constant(X_batch), tf.constant(Y_batch), W, b, tf.constant(0.3))
    losses[epoch] = cross_entropy(softmax_logits(X_valid, W, b), Y_valid)
softmax_history = losses

# %% mlp_train
sizes = [784, 256, 256, 10]
mlp_variables = []
for inputs, units in zip(sizes[:-1], sizes[1:]):
    mlp_variables.append(tf.Variable(tf.random.normal((inputs, units), stddev=(2 / inputs) ** 0.5)))
    mlp_variables.append(tf.Variable(tf.zeros((1, units))))
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
        mlp_step(tf.constant(X_batch), tf.constant(Y_batch))
    mlp_history.append(float(cross_entropy(mlp_logits(X_valid), Y_valid)))

# %% dense_softmax_backward
def dense_softmax_backward(X, W, b, y_onehot):
    Z = X @ W + b
    P = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = P / P.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(P[y_onehot == 1]))
    dZ = (P - y_onehot) / len(X)
    return [loss, dZ @ W.T, X.T @ dZ, dZ.sum(axis=0, keepdims=True)]
