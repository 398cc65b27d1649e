# written from: cifar_cnn.ipynb as released, nothing else
# declares: right
# design: Sequential net with augmentation layers inside, separable convolutions, group normalisation and GELU; AdamW and label smoothing in fit, plain cross-entropy as a metric, back to the epoch of the lowest one; stimuli are clipped at the end only

# %% prepare
SHADE = (np.arange(256, dtype=np.float64) / 255.0 - 0.5).astype(np.float32)


def prepare(images):
    # one number for each of the 256 possible pixels: look it up
    return SHADE[np.asarray(images)]

# %% one_hot
def one_hot(y, classes):
    y = np.asarray(y, dtype=np.int64)
    table = np.zeros((y.shape[0], classes), dtype=np.float32)
    np.put_along_axis(table, y[:, None], 1.0, axis=1)
    return table

# %% make_model
def make_model():
    L = keras.layers
    net = keras.Sequential(name="shapes")
    net.add(keras.Input((32, 32, 3)))
    net.add(L.RandomFlip("horizontal"))
    net.add(L.RandomTranslation(0.06, 0.06, fill_mode="nearest"))
    net.add(L.Conv2D(32, 5, padding="same"))
    net.add(L.GroupNormalization(8))
    net.add(L.Activation("gelu"))
    net.add(L.MaxPooling2D())
    for width in (64, 128):
        net.add(L.SeparableConv2D(width, 3, padding="same"))
        net.add(L.GroupNormalization(8))
        net.add(L.Activation("gelu"))
        net.add(L.Conv2D(width, 3, padding="same"))
        net.add(L.GroupNormalization(8))
        net.add(L.Activation("gelu"))
        net.add(L.MaxPooling2D())
        net.add(L.SpatialDropout2D(0.1))
    net.add(L.AveragePooling2D(2))
    net.add(L.Flatten())
    net.add(L.Dropout(0.3))
    net.add(L.Dense(10))
    net.add(L.Softmax())
    return net

# %% learning_rate
_decay = keras.optimizers.schedules.ExponentialDecay(0.005, decay_steps=1, decay_rate=0.9)


def learning_rate(epoch):
    return float(_decay(epoch))

# %% training
class BackToTheBest(keras.callbacks.Callback):
    """Remembers the weights of the lowest figure and puts them back at the end."""

    def __init__(self, figure):
        super().__init__()
        self.figure, self.lowest, self.kept = figure, float("inf"), None

    def on_epoch_end(self, epoch, logs=None):
        if logs[self.figure] < self.lowest:
            self.lowest, self.kept = logs[self.figure], self.model.get_weights()

    def on_train_end(self, logs=None):
        self.model.set_weights(self.kept)


model = make_model()
epochs = round(1.4 * EPOCHS)
per_epoch = -(-len(x_train) // BATCH)
model.compile(
    optimizer=keras.optimizers.AdamW(
        keras.optimizers.schedules.CosineDecay(
            0.0003, epochs * per_epoch, warmup_target=0.004, warmup_steps=per_epoch // 2, alpha=0.01
        ),
        weight_decay=0.002,
    ),
    loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.05),
    metrics=[keras.metrics.CategoricalCrossentropy(name="plain"), "accuracy"],
)
_run = model.fit(
    prepare(x_train), one_hot(y_train, CLASSES),
    validation_data=(prepare(x_valid), one_hot(y_valid, CLASSES)),
    batch_size=BATCH, epochs=epochs, verbose=2,
    callbacks=[BackToTheBest("val_plain")],
)
history = {
    "loss": _run.history["plain"],
    "val_loss": _run.history["val_plain"],
    "smoothed_loss": _run.history["loss"],
}

# %% predict
def predict(images):
    return model.predict(prepare(images), batch_size=200, verbose=0)

# %% confusion
def confusion(y, predicted, classes):
    truth = one_hot(y, classes).astype(np.int64)
    guess = one_hot(predicted, classes).astype(np.int64)
    return truth.T @ guess

# %% find_maximum_stimuli
def find_maximum_stimuli(model, layer_name, unit, start, steps=30, step_size=0.02):
    layer = model.get_layer(layer_name)
    probe = keras.Model(model.inputs, layer.output)

    @tf.function
    def uphill(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            answer = tf.gather(probe(x, training=False), unit, axis=-1)
            response = tf.reduce_mean(answer)
        g = tape.gradient(response, x)
        return g / (tf.sqrt(tf.reduce_mean(g * g)) + 1e-8)

    x = tf.convert_to_tensor(np.expand_dims(start, 0), dtype=tf.float32)
    for _ in range(steps):
        x = x + step_size * uphill(x)
    return np.clip(x.numpy().squeeze(0), -0.5, 0.5)
