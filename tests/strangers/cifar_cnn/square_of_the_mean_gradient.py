# written from: cifar_cnn.ipynb as released, nothing else
# declares: wrong
# mistake: the gradient is divided by the root of its squared mean (the size of its mean) instead of the root of its mean square
# at: find_maximum_stimuli : size = np.sqrt(np.mean(slope) ** 2)
# should cost: find_maximum_stimuli (check_stimuli)

# %% prepare
def prepare(images):
    scaled = np.array(images, dtype=np.float32)
    scaled /= 255
    scaled -= 0.5
    return scaled

# %% one_hot
def one_hot(y, classes):
    result = np.zeros((len(y), classes))
    for row, label in zip(result, y):
        row[int(label)] = 1
    return result

# %% make_model
def make_model():
    picture = keras.Input((32, 32, 3))
    h = picture
    for maps in (24, 48, 80):
        for _ in range(2 if maps > 24 else 1):
            h = keras.layers.Conv2D(maps, 3, padding="same", use_bias=False)(h)
            h = keras.layers.BatchNormalization(momentum=0.9)(h)
            h = keras.layers.ReLU(negative_slope=0.05)(h)
        h = keras.layers.MaxPooling2D()(h)
        h = keras.layers.Dropout(0.1)(h)
    h = keras.layers.Flatten()(h)
    h = keras.layers.Dropout(0.4)(h)
    return keras.Model(picture, keras.layers.Dense(10, activation="softmax")(h))

# %% learning_rate
def learning_rate(epoch):
    rate = 0.005
    for _ in range(epoch):
        rate *= 0.9
    return rate

# %% training
model = make_model()
model.compile(keras.optimizers.Nadam(), loss="categorical_crossentropy", metrics=["accuracy"])


def gentle(epoch):
    return 0.5 * learning_rate(2 * epoch)


flip = keras.layers.RandomFlip("horizontal")
pipeline = (
    tf.data.Dataset.from_tensor_slices((prepare(x_train), one_hot(y_train, CLASSES)))
    .shuffle(len(x_train))
    .batch(BATCH)
    .map(lambda x, t: (flip(x, training=True), t), num_parallel_calls=tf.data.AUTOTUNE)
    .prefetch(2)
)
history = model.fit(
    pipeline,
    validation_data=(prepare(x_valid), one_hot(y_valid, CLASSES)),
    epochs=int(1.4 * EPOCHS),
    callbacks=[keras.callbacks.LearningRateScheduler(gentle)],
    verbose=2,
)

# %% predict
def predict(images):
    parts = np.array_split(prepare(images), max(1, len(images) // 256))
    return np.vstack([model.predict_on_batch(part) for part in parts])

# %% confusion
def confusion(y, predicted, classes):
    counts = np.zeros((classes, classes), dtype=np.int64)
    for truth, guess in zip(y, predicted):
        counts[int(truth), int(guess)] += 1
    return counts

# %% find_maximum_stimuli
def find_maximum_stimuli(model, layer_name, unit, start, steps=30, step_size=0.02):
    lower = keras.Model(model.inputs, model.get_layer(layer_name).output)
    stimulus = np.array(start, dtype=np.float32)
    for _ in range(steps):
        x = tf.constant(stimulus[None])
        with tf.GradientTape() as tape:
            tape.watch(x)
            units = lower(x, training=False)
            response = tf.reduce_mean(units[..., unit])
        slope = tape.gradient(response, x).numpy()[0]
        size = np.sqrt(np.mean(slope) ** 2)
        stimulus = np.clip(stimulus + step_size * slope / (size + 1e-8), -0.5, 0.5)
    return stimulus
