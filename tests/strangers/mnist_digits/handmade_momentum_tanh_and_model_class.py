# written from: mnist_digits.ipynb as released, nothing else
# declares: right
# design: tanh units and a handwritten Nesterov momentum with falling rate, gather/comparison numerics, Keras model as an unregistered class giving scores
# %% prepare
def prepare(images):
    """Images as rows of numbers between 0 and 1.

    images [n, 28, 28], uint8 from 0 to 255; returns [n, 784], float32.
    """
    grey = np.asarray(images).astype(np.float32)
    return np.reshape(grey, (-1, 28 * 28)) * np.float32(1 / 255)
# %% one_hot
def one_hot(labels):
    """Class numbers as rows with a single 1.

    labels [n], whole numbers from 0 to 9; returns [n, 10], float32.
    """
    column = np.asarray(labels).reshape(-1, 1)
    return (column == np.arange(10)).astype(np.float32)
# %% softmax_logits
def softmax_logits(X, W, b):
    """The scores of every row for every class.

    X [n, d], W [d, c], b [c], float32 tensors or variables; returns [n, c].
    """
    return tf.nn.bias_add(tf.linalg.matmul(X, W), b)
# %% softmax
def softmax(logits):
    """Probabilities of the classes.

    logits [n, c]; returns [n, c]; each row adds up to 1.
    """
    return tf.exp(logits - tf.reduce_logsumexp(logits, axis=-1, keepdims=True))
# %% cross_entropy
def cross_entropy(logits, y_onehot):
    """Mean cross-entropy, finite and right for scores of up to some hundreds.

    logits [n, c], y_onehot [n, c] of zeros and ones; returns one number, in nats.
    """
    top = tf.reduce_max(logits, axis=1)
    lowered = logits - top[:, tf.newaxis]
    log_total = tf.math.log(tf.reduce_sum(tf.exp(lowered), axis=1))
    of_the_right_class = tf.reduce_sum(tf.cast(y_onehot, lowered.dtype) * lowered, axis=1)
    return tf.reduce_mean(log_total - of_the_right_class)
# %% softmax_step
def softmax_step(X, y_onehot, W, b, learning_rate):
    """One step of gradient descent on the mean cross-entropy of a batch; changes W and b in place.

    X [n, d], y_onehot [n, c], variables W [d, c] and b [c]; returns the loss before the step.
    """
    with tf.GradientTape() as watcher:
        surprise = cross_entropy(softmax_logits(X, W, b), y_onehot)
    for weights, slope in zip((W, b), watcher.gradient(surprise, (W, b))):
        weights.assign_sub(learning_rate * slope)
    return surprise
# %% softmax_train
W, b = tf.Variable(tf.zeros([784, 10])), tf.Variable(tf.zeros([10]))
quick_softmax_step = tf.function(softmax_step)

softmax_history = []
for epoch in range(2 * EPOCHS):
    rate = tf.constant(0.5 if epoch < EPOCHS else 0.25)
    for rows, targets in batches(X_train, Y_train):
        quick_softmax_step(tf.constant(rows), tf.constant(targets), W, b, rate)
    softmax_history.append(float(cross_entropy(softmax_logits(X_valid, W, b), Y_valid)))
print("softmax regression:", *[f"{value:.3f}" for value in softmax_history])
# %% softmax_predict
def softmax_predict(images):
    """What your trained softmax regression makes of images.

    images [n, 28, 28], uint8 as they come from the file; returns [n, 10]: probabilities or scores.
    """
    return softmax(softmax_logits(prepare(images), W, b)).numpy()
# %% mlp_train
def tanh_layer_start(inputs, outputs):
    return tf.Variable(tf.random.normal([inputs, outputs], stddev=inputs**-0.5))


mlp_W1, mlp_b1 = tanh_layer_start(784, 256), tf.Variable(tf.zeros([256]))
mlp_W2, mlp_b2 = tanh_layer_start(256, 256), tf.Variable(tf.zeros([256]))
mlp_W3, mlp_b3 = tanh_layer_start(256, 10), tf.Variable(tf.zeros([10]))
mlp_all = [mlp_W1, mlp_b1, mlp_W2, mlp_b2, mlp_W3, mlp_b3]
mlp_speed = [tf.Variable(tf.zeros_like(v)) for v in mlp_all]


def mlp_scores(rows, keep=1.0):
    """keep: the share of pixels and units that are used (1 when not training)."""

    def thin(values):
        if keep == 1.0:
            return values
        return values * tf.cast(tf.random.uniform(tf.shape(values)) < keep, tf.float32) / keep

    first = tf.tanh(thin(rows) @ mlp_W1 + mlp_b1)
    second = tf.tanh(thin(first) @ mlp_W2 + mlp_b2)
    return thin(second) @ mlp_W3 + mlp_b3


@tf.function
def mlp_momentum_step(rows, targets, rate, memory):
    with tf.GradientTape() as watcher:
        loss = cross_entropy(mlp_scores(rows, keep=0.8), targets)
    slopes = watcher.gradient(loss, mlp_all)
    for value, speed, slope in zip(mlp_all, mlp_speed, slopes):
        speed.assign(memory * speed - rate * slope)
        value.assign_add(memory * speed - rate * slope)  # Nesterov: look ahead along the new speed
    return loss


MLP_EPOCHS = 30
mlp_history = []
for epoch in range(MLP_EPOCHS):
    rate = 0.1 * 0.5 * (1 + np.cos(np.pi * epoch / MLP_EPOCHS))
    for rows, targets in batches(X_train, Y_train, 64):
        mlp_momentum_step(tf.constant(rows), tf.constant(targets), tf.constant(rate, tf.float32), tf.constant(0.9))
    mlp_history.append(float(cross_entropy(mlp_scores(tf.constant(X_valid)), Y_valid)))
print("own network:", *[f"{value:.3f}" for value in mlp_history])
# %% mlp_predict
def mlp_predict(images):
    """What your trained network makes of images.

    images [n, 28, 28], uint8 as they come from the file; returns [n, 10]: probabilities or scores.
    """
    return mlp_scores(tf.constant(prepare(images))).numpy()
# %% keras_train
class TwoHidden(keras.Model):
    """784 -> 256 -> 256 -> 10 scores, each hidden layer: dense, batch normalisation, SiLU, dropout."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.fewer_pixels = keras.layers.Dropout(0.2)
        self.dense_a = keras.layers.Dense(256, use_bias=False)
        self.norm_a = keras.layers.BatchNormalization(momentum=0.9)
        self.act_a = keras.layers.Activation("silu")
        self.drop_a = keras.layers.Dropout(0.3)
        self.dense_b = keras.layers.Dense(256, use_bias=False)
        self.norm_b = keras.layers.BatchNormalization(momentum=0.9)
        self.act_b = keras.layers.Activation("silu")
        self.drop_b = keras.layers.Dropout(0.3)
        self.scores = keras.layers.Dense(10)

    def call(self, rows, training=None):
        h = self.fewer_pixels(rows, training=training)
        h = self.act_a(self.norm_a(self.dense_a(h), training=training))
        h = self.drop_a(h, training=training)
        h = self.act_b(self.norm_b(self.dense_b(h), training=training))
        h = self.drop_b(h, training=training)
        return self.scores(h)


def falling_rate(epoch, rate):
    return 2e-3 * 0.85**epoch


model = TwoHidden()
model.compile(
    optimizer=keras.optimizers.Nadam(2e-3),
    loss=keras.losses.CategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
log = model.fit(
    X_train,
    Y_train,
    batch_size=100,
    epochs=2 * EPOCHS,
    validation_data=(X_valid, Y_valid),
    callbacks=[keras.callbacks.LearningRateScheduler(falling_rate)],
    verbose=0,
)
keras_history = [float(value) for value in log.history["val_loss"]]
print("Keras:", *[f"{value:.3f}" for value in keras_history])
# %% dense_softmax_backward
def dense_softmax_backward(X, W, b, y_onehot):
    """Mean cross-entropy of softmax(X @ W + b), and its gradients, in numpy.

    X [n, d], W [d, c], b [c], y_onehot [n, c] of zeros and ones.
    Returns (loss, dX [n, d], dW [d, c], db [c]).
    """
    X, W, b, y_onehot = (np.asarray(a, dtype=np.float64) for a in (X, W, b, y_onehot))
    scores = np.einsum("nd,dc->nc", X, W) + b
    log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    loss = -np.sum(y_onehot * log_p) / len(X)
    G = (np.exp(log_p) - y_onehot) / len(X)
    return loss, np.einsum("nc,dc->nd", G, W), np.einsum("nd,nc->dc", X, G), np.einsum("nc->c", G)
