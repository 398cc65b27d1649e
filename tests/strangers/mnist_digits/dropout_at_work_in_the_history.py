# written from: mnist_digits.ipynb as released, nothing else
# declares: wrong
# mistake: the validation losses of the own network are measured with dropout still switched on (its flag is on unless told otherwise)
# at: mlp_train :     mlp_history.append(float(cross_entropy(mlp_net(tf.constant(X_valid)), Y_valid)))
# should cost: mlp_history
# %% prepare
def prepare(images):
    """Images as rows of numbers between 0 and 1.

    images [n, 28, 28], uint8 from 0 to 255; returns [n, 784], float32.
    """
    flat = np.asarray(images, dtype=np.float32).reshape((len(images), 784))
    return np.divide(flat, 255, dtype=np.float32)
# %% one_hot
def one_hot(labels):
    """Class numbers as rows with a single 1.

    labels [n], whole numbers from 0 to 9; returns [n, 10], float32.
    """
    return tf.one_hot(labels, depth=10).numpy()
# %% softmax_logits
def softmax_logits(X, W, b):
    """The scores of every row for every class.

    X [n, d], W [d, c], b [c], float32 tensors or variables; returns [n, c].
    """
    return tf.matmul(X, W) + b
# %% softmax
def softmax(logits):
    """Probabilities of the classes.

    logits [n, c]; returns [n, c]; each row adds up to 1.
    """
    e = tf.exp(logits - tf.reduce_max(logits, axis=-1, keepdims=True))
    return e / tf.reduce_sum(e, axis=-1, keepdims=True)
# %% cross_entropy
def cross_entropy(logits, y_onehot):
    """Mean cross-entropy, finite and right for scores of up to some hundreds.

    logits [n, c], y_onehot [n, c] of zeros and ones; returns one number, in nats.
    """
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y_onehot, logits=logits))
# %% softmax_step
def softmax_step(X, y_onehot, W, b, learning_rate):
    """One step of gradient descent on the mean cross-entropy of a batch; changes W and b in place.

    X [n, d], y_onehot [n, c], variables W [d, c] and b [c]; returns the loss before the step.
    """
    with tf.GradientTape() as tape:
        loss = cross_entropy(softmax_logits(X, W, b), y_onehot)
    grad_W, grad_b = tape.gradient(loss, (W, b))
    W.assign_sub(learning_rate * grad_W)
    b.assign_sub(learning_rate * grad_b)
    return loss
# %% softmax_train
W = tf.Variable(tf.zeros([784, 10]))
b = tf.Variable(tf.zeros([10]))
step_graph = tf.function(softmax_step)
learning_rate = tf.constant(0.5)
softmax_history = []
for epoch in range(15):
    for xb, yb in batches(X_train, Y_train, 64):
        step_graph(tf.constant(xb), tf.constant(yb), W, b, learning_rate)
    softmax_history.append(float(cross_entropy(softmax_logits(X_valid, W, b), Y_valid)))
# %% softmax_predict
def softmax_predict(images):
    """What your trained softmax regression makes of images.

    images [n, 28, 28], uint8 as they come from the file; returns [n, 10]: probabilities or scores.
    """
    return softmax_logits(prepare(images), W, b).numpy()
# %% mlp_train
widths = [784, 256, 256, 10]
mlp_params = []
for n_in, n_out in zip(widths, widths[1:]):
    mlp_params.append(tf.Variable(tf.random.normal((n_in, n_out), stddev=(2 / n_in) ** 0.5)))
    mlp_params.append(tf.Variable(tf.zeros((n_out,))))
mlp_optimizer = keras.optimizers.Adam(1e-3)
mlp_optimizer.build(mlp_params)


def mlp_net(rows, dropout_on=True):
    W1, b1, W2, b2, W3, b3 = mlp_params
    h = tf.nn.relu(rows @ W1 + b1)
    if dropout_on:
        h = tf.nn.dropout(h, 0.4)
    h = tf.nn.relu(h @ W2 + b2)
    if dropout_on:
        h = tf.nn.dropout(h, 0.4)
    return h @ W3 + b3


@tf.function
def mlp_train_step(rows, targets):
    with tf.GradientTape() as tape:
        loss = cross_entropy(mlp_net(rows), targets)
    grads = tape.gradient(loss, mlp_params)
    mlp_optimizer.apply_gradients(zip(grads, mlp_params))
    return loss


mlp_history = []
for epoch in range(2 * EPOCHS):
    for xb, yb in batches(X_train, Y_train):
        mlp_train_step(tf.constant(xb), tf.constant(yb))
    mlp_history.append(float(cross_entropy(mlp_net(tf.constant(X_valid)), Y_valid)))
# %% mlp_predict
def mlp_predict(images):
    """What your trained network makes of images.

    images [n, 28, 28], uint8 as they come from the file; returns [n, 10]: probabilities or scores.
    """
    return mlp_net(tf.constant(prepare(images)), dropout_on=False).numpy()
# %% keras_train
model = keras.Sequential()
model.add(keras.Input((784,)))
for width in widths[1:3]:
    model.add(keras.layers.Dense(width, activation="relu", kernel_initializer="he_uniform"))
    model.add(keras.layers.Dropout(0.3))
model.add(keras.layers.Dense(10, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(1e-3))
keras_history = model.fit(
    X_train, Y_train, epochs=2 * EPOCHS, batch_size=128, validation_data=(X_valid, Y_valid), verbose=0
).history["val_loss"]
# %% dense_softmax_backward
def dense_softmax_backward(X, W, b, y_onehot):
    """Mean cross-entropy of softmax(X @ W + b), and its gradients, in numpy.

    X [n, d], W [d, c], b [c], y_onehot [n, c] of zeros and ones.
    Returns (loss, dX [n, d], dW [d, c], db [c]).
    """
    n = X.shape[0]
    scores = X @ W + b
    scores = scores - np.max(scores, axis=1, keepdims=True)
    powers = np.exp(scores)
    total = np.sum(powers, axis=1, keepdims=True)
    loss = np.sum(y_onehot * (np.log(total) - scores)) / n
    slope = (powers / total - y_onehot) / n
    dX = slope @ np.transpose(W)
    dW = np.transpose(X) @ slope
    db = np.sum(slope, axis=0)
    return loss, dX, dW, db
