# written from: mnist_digits.ipynb as released, nothing else
# declares: right
# design: a small network class whose reported weights are a running mean of the trained ones (GELU, dropout, Adam), per-image loops in the backward pass, Keras with softmax output, label smoothing, plain metric and early stopping
# %% prepare
def prepare(images):
    """Images as rows of numbers between 0 and 1.

    images [n, 28, 28], uint8 from 0 to 255; returns [n, 784], float32.
    """
    n = len(images)
    rows = np.empty((n, 784), dtype=np.float32)
    for i in range(n):
        rows[i] = np.ravel(images[i])
    rows /= 255.0
    return rows
# %% one_hot
def one_hot(labels):
    """Class numbers as rows with a single 1.

    labels [n], whole numbers from 0 to 9; returns [n, 10], float32.
    """
    table = np.zeros((len(labels), 10), np.float32)
    for row, label in zip(table, labels):
        row[int(label)] = 1
    return table
# %% softmax_logits
def softmax_logits(X, W, b):
    """The scores of every row for every class.

    X [n, d], W [d, c], b [c], float32 tensors or variables; returns [n, c].
    """
    return tf.tensordot(X, W, axes=1) + b
# %% softmax
def softmax(logits):
    """Probabilities of the classes.

    logits [n, c]; returns [n, c]; each row adds up to 1.
    """
    powers = tf.exp(logits - tf.reduce_max(logits, axis=1, keepdims=True))
    return tf.math.divide(powers, tf.reduce_sum(powers, axis=1, keepdims=True))
# %% cross_entropy
def cross_entropy(logits, y_onehot):
    """Mean cross-entropy, finite and right for scores of up to some hundreds.

    logits [n, c], y_onehot [n, c] of zeros and ones; returns one number, in nats.
    """
    right_class = tf.argmax(y_onehot, axis=-1)
    return tf.reduce_mean(-tf.gather(tf.nn.log_softmax(logits), right_class, batch_dims=1))
# %% softmax_step
def softmax_step(X, y_onehot, W, b, learning_rate):
    """One step of gradient descent on the mean cross-entropy of a batch; changes W and b in place.

    X [n, d], y_onehot [n, c], variables W [d, c] and b [c]; returns the loss before the step.
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([W, b])
        before = cross_entropy(softmax_logits(X, W, b), y_onehot)
    slope = tape.gradient(before, {"W": W, "b": b})
    W.assign(W - learning_rate * slope["W"])
    b.assign(b - learning_rate * slope["b"])
    return before
# %% softmax_train
def train_softmax_regression(epochs, rate):
    weights = tf.Variable(tf.random.normal((784, 10), stddev=0.01), name="W")
    biases = tf.Variable(np.zeros(10, np.float32), name="b")
    step = tf.function(softmax_step)
    losses = []
    while len(losses) < epochs:
        for rows, targets in batches(X_train, Y_train, size=100):
            step(tf.convert_to_tensor(rows), tf.convert_to_tensor(targets), weights, biases, tf.constant(rate))
        losses.append(cross_entropy(softmax_logits(X_valid, weights, biases), Y_valid).numpy().item())
    return weights, biases, losses


W, b, softmax_history = train_softmax_regression(EPOCHS + 5, 0.3)
# %% softmax_predict
def softmax_predict(images):
    """What your trained softmax regression makes of images.

    images [n, 28, 28], uint8 as they come from the file; returns [n, 10]: probabilities or scores.
    """
    return softmax_logits(tf.convert_to_tensor(prepare(images)), W, b)
# %% mlp_train
class Network:
    """Two hidden layers of 256 GELU units; keeps a running mean of its weights, which is what it answers with."""

    def __init__(self, sizes=(784, 256, 256, 10)):
        self.matrices, self.biases = [], []
        for fan_in, fan_out in zip(sizes[:-1], sizes[1:]):
            start = np.random.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))
            self.matrices.append(tf.Variable(start.astype(np.float32)))
            self.biases.append(tf.Variable(tf.zeros(fan_out)))
        self.variables = self.matrices + self.biases
        self.means = [tf.Variable(v) for v in self.variables]
        self.optimizer = keras.optimizers.Adam(1.5e-3)
        self.optimizer.build(self.variables)
        self.compiled_step = tf.function(self.step)

    @staticmethod
    def forward(values, rows, dropout=0.0):
        matrices, biases = values[:3], values[3:]
        h = rows
        for k in range(2):
            h = tf.nn.gelu(tf.matmul(h, matrices[k]) + biases[k])
            if dropout > 0:
                h = tf.nn.dropout(h, dropout)
        return tf.matmul(h, matrices[2]) + biases[2]

    def step(self, rows, targets, decay):
        with tf.GradientTape() as tape:
            loss = cross_entropy(self.forward(self.variables, rows, dropout=0.3), targets)
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.variables), self.variables))
        for mean, now in zip(self.means, self.variables):
            mean.assign(decay * mean + (1 - decay) * now)
        return loss

    def answer(self, rows):
        return self.forward(self.means, tf.convert_to_tensor(rows, tf.float32))

    def fit(self, epochs):
        losses, steps = [], 0
        for _ in range(epochs):
            for rows, targets in batches(X_train, Y_train, size=64):
                steps += 1
                decay = tf.constant(min(0.99, steps / (steps + 10)), tf.float32)
                self.compiled_step(tf.constant(rows), tf.constant(targets), decay)
            losses.append(float(cross_entropy(self.answer(X_valid), Y_valid)))
        return losses


own_network = Network()
mlp_history = own_network.fit(EPOCHS + 8)
# %% mlp_predict
def mlp_predict(images):
    """What your trained network makes of images.

    images [n, 28, 28], uint8 as they come from the file; returns [n, 10]: probabilities or scores.
    """
    return softmax(own_network.answer(prepare(images)))
# %% keras_train
pixels = keras.Input(shape=(784,))
hidden = keras.layers.Dropout(0.15)(pixels)
for _ in range(2):
    hidden = keras.layers.Dense(256, kernel_initializer="he_normal")(hidden)
    hidden = keras.layers.Activation("mish")(hidden)
    hidden = keras.layers.Dropout(0.3)(hidden)
model = keras.Model(pixels, keras.layers.Dense(10, activation="softmax")(hidden))

# The smoothed loss is for learning only; "plain" is the cross-entropy without it.
model.compile(
    optimizer=keras.optimizers.RMSprop(keras.optimizers.schedules.ExponentialDecay(1e-3, 94 * 3, 0.8)),
    loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.05),
    metrics=[keras.metrics.CategoricalCrossentropy(name="plain")],
)
went = model.fit(
    X_train,
    Y_train,
    batch_size=64,
    epochs=30,
    validation_data=(X_valid, Y_valid),
    callbacks=[keras.callbacks.EarlyStopping(monitor="val_plain", mode="min", patience=6, restore_best_weights=True)],
    verbose=0,
)
keras_history = list(went.history["val_plain"])
# %% dense_softmax_backward
def dense_softmax_backward(X, W, b, y_onehot):
    """Mean cross-entropy of softmax(X @ W + b), and its gradients, in numpy.

    X [n, d], W [d, c], b [c], y_onehot [n, c] of zeros and ones.
    Returns (loss, dX [n, d], dW [d, c], db [c]).
    """
    n = len(X)
    loss, dX, dW, db = 0.0, np.zeros(np.shape(X)), np.zeros(np.shape(W)), np.zeros(np.shape(b))
    for i, (x, y) in enumerate(zip(X, y_onehot)):
        z = x @ W + b
        z = z - z.max()
        log_p = z - np.log(np.exp(z).sum())
        loss -= np.dot(y, log_p) / n
        g = (np.exp(log_p) - y) / n
        dX[i] = W @ g
        dW += np.outer(x, g)
        db += g
    return loss, dX, dW, db
