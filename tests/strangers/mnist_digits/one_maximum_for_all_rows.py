# written from: mnist_digits.ipynb as released, nothing else
# declares: wrong
# mistake: the cross-entropy takes the largest score of the whole batch out of every row, not each row's own, so rows far below the largest underflow and cost infinitely much
# at: cross_entropy :     shifted = logits - tf.reduce_max(logits)
# should cost: cross_entropy (the point for staying right with scores of several hundred)
# %% prepare
def prepare(images):
    """Images as rows of numbers between 0 and 1.

    images [n, 28, 28], uint8 from 0 to 255; returns [n, 784], float32.
    """
    return (np.asarray(images).reshape(-1, 784) / 255).astype("float32")
# %% one_hot
def one_hot(labels):
    """Class numbers as rows with a single 1.

    labels [n], whole numbers from 0 to 9; returns [n, 10], float32.
    """
    return np.identity(10, dtype="float32")[np.asarray(labels)]
# %% softmax_logits
def softmax_logits(X, W, b):
    """The scores of every row for every class.

    X [n, d], W [d, c], b [c], float32 tensors or variables; returns [n, c].
    """
    return X @ W + b
# %% softmax
def softmax(logits):
    """Probabilities of the classes.

    logits [n, c]; returns [n, c]; each row adds up to 1.
    """
    return tf.nn.softmax(logits)
# %% cross_entropy
def cross_entropy(logits, y_onehot):
    """Mean cross-entropy, finite and right for scores of up to some hundreds.

    logits [n, c], y_onehot [n, c] of zeros and ones; returns one number, in nats.
    """
    shifted = logits - tf.reduce_max(logits)
    log_sum = tf.math.log(tf.reduce_sum(tf.exp(shifted), axis=1, keepdims=True))
    return -tf.reduce_mean(tf.reduce_sum(y_onehot * (shifted - log_sum), axis=1))
# %% softmax_step
def softmax_step(X, y_onehot, W, b, learning_rate):
    """One step of gradient descent on the mean cross-entropy of a batch; changes W and b in place.

    X [n, d], y_onehot [n, c], variables W [d, c] and b [c]; returns the loss before the step.
    """
    with tf.GradientTape() as tape:
        loss = cross_entropy(softmax_logits(X, W, b), y_onehot)
    dW, db = tape.gradient(loss, [W, b])
    W.assign_sub(learning_rate * dW)
    b.assign_sub(learning_rate * db)
    return loss
# %% softmax_train
W = tf.Variable(tf.zeros((784, 10)))
b = tf.Variable(tf.zeros(10))
fast = tf.function(softmax_step)
softmax_history = []
for _ in range(EPOCHS + 10):
    for X_batch, Y_batch in batches(X_train, Y_train):
        fast(tf.constant(X_batch), tf.constant(Y_batch), W, b, tf.constant(0.4))
    softmax_history.append(float(cross_entropy(softmax_logits(X_valid, W, b), Y_valid)))
# %% softmax_predict
def softmax_predict(images):
    """What your trained softmax regression makes of images.

    images [n, 28, 28], uint8 as they come from the file; returns [n, 10]: probabilities or scores.
    """
    return softmax(softmax_logits(prepare(images), W, b))
# %% mlp_train
def he(fan_in, fan_out):
    return tf.Variable(tf.random.normal((fan_in, fan_out), 0.0, np.sqrt(2 / fan_in)))


U1, U2, U3 = he(784, 256), he(256, 256), he(256, 10)
c1, c2, c3 = tf.Variable(tf.zeros(256)), tf.Variable(tf.zeros(256)), tf.Variable(tf.zeros(10))
mlp_weights = [U1, c1, U2, c2, U3, c3]
mlp_adam = keras.optimizers.Adam(1e-3)
mlp_adam.build(mlp_weights)


def mlp_forward(X):
    h = tf.nn.relu(X @ U1 + c1)
    h = tf.nn.relu(h @ U2 + c2)
    return h @ U3 + c3


@tf.function
def mlp_step(X, Y):
    with tf.GradientTape() as tape:
        loss = cross_entropy(mlp_forward(X), Y)
    mlp_adam.apply_gradients(zip(tape.gradient(loss, mlp_weights), mlp_weights))
    return loss


mlp_history = []
for _ in range(EPOCHS + 5):
    for X_batch, Y_batch in batches(X_train, Y_train):
        mlp_step(tf.constant(X_batch), tf.constant(Y_batch))
    mlp_history.append(float(cross_entropy(mlp_forward(X_valid), Y_valid)))
# %% mlp_predict
def mlp_predict(images):
    """What your trained network makes of images.

    images [n, 28, 28], uint8 as they come from the file; returns [n, 10]: probabilities or scores.
    """
    return mlp_forward(prepare(images))
# %% keras_train
model = keras.Sequential(
    [
        keras.Input(shape=(784,)),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(10),
    ]
)
model.compile(optimizer="adam", loss=keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
fitted = model.fit(
    X_train, Y_train, batch_size=128, epochs=EPOCHS + 5, validation_data=(X_valid, Y_valid), verbose=0
)
keras_history = fitted.history["val_loss"]
# %% dense_softmax_backward
def dense_softmax_backward(X, W, b, y_onehot):
    """Mean cross-entropy of softmax(X @ W + b), and its gradients, in numpy.

    X [n, d], W [d, c], b [c], y_onehot [n, c] of zeros and ones.
    Returns (loss, dX [n, d], dW [d, c], db [c]).
    """
    Z = X @ W + b
    Z = Z - Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    loss = -np.mean((y_onehot * log_P).sum(axis=1))
    G = (np.exp(log_P) - y_onehot) / X.shape[0]
    return loss, G @ W.T, X.T @ G, G.sum(axis=0)
