# written from: cifar_cnn.ipynb as released, nothing else
# declares: wrong
# mistake: the running mean of the validation loss is left out where the others are set to zero for a new epoch, so val_loss is the mean over all epochs so far, not this epoch's
# at: training : for meter in (train_mean, train_hits):
# should cost: the validation loss that the run names is not the model's (check_end, 1 point)

# %% prepare
def prepare(images):
    return images.astype("float32") / np.float32(255) - np.float32(0.5)

# %% one_hot
def one_hot(y, classes):
    return np.eye(classes, dtype=np.float32)[np.asarray(y)]

# %% make_model
def make_model():
    layers = keras.layers

    def conv(maps):
        return layers.Conv2D(maps, 3, padding="same", activation="elu", kernel_initializer="he_uniform")

    return keras.Sequential([
        keras.Input((32, 32, 3)),
        layers.RandomFlip("horizontal"),
        conv(16), conv(32), layers.MaxPooling2D(2), layers.Dropout(0.15),
        conv(48), conv(64), layers.MaxPooling2D(2), layers.Dropout(0.2),
        layers.Flatten(),
        layers.Dense(192, activation="elu"),
        layers.Dropout(0.4),
        layers.Dense(10, activation="softmax"),
    ])

# %% learning_rate
def learning_rate(epoch):
    return 0.005 * 0.9 ** epoch

# %% training
model = make_model()
optimizer = keras.optimizers.Adam()
compare = keras.losses.SparseCategoricalCrossentropy()
train_mean, valid_mean = keras.metrics.Mean(), keras.metrics.Mean()
train_hits = keras.metrics.SparseCategoricalAccuracy()

train_batches = tf.data.Dataset.from_tensor_slices((prepare(x_train), y_train)).shuffle(len(x_train)).batch(BATCH)
valid_batches = tf.data.Dataset.from_tensor_slices((prepare(x_valid), y_valid)).batch(200)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        p = model(x, training=True)
        loss = compare(y, p)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_mean.update_state(loss, sample_weight=tf.shape(y)[0])
    train_hits.update_state(y, p)


@tf.function
def valid_step(x, y):
    valid_mean.update_state(compare(y, model(x, training=False)), sample_weight=tf.shape(y)[0])


history = {"loss": [], "val_loss": []}
for epoch in range(EPOCHS + EPOCHS // 2):
    optimizer.learning_rate.assign(0.3 * learning_rate(epoch))
    for meter in (train_mean, train_hits):
        meter.reset_state()
    for x, y in train_batches:
        train_step(x, y)
    for x, y in valid_batches:
        valid_step(x, y)
    history["loss"].append(float(train_mean.result()))
    history["val_loss"].append(float(valid_mean.result()))
    print(epoch, float(train_mean.result()), float(train_hits.result()), float(valid_mean.result()))

# %% predict
def predict(images):
    return model.predict(prepare(images), verbose=0)

# %% confusion
def confusion(y, predicted, classes):
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (np.asarray(y), np.asarray(predicted)), 1)
    return counts

# %% find_maximum_stimuli
def find_maximum_stimuli(model, layer_name, unit, start, steps=30, step_size=0.02):
    inner = keras.Model(model.inputs, model.get_layer(layer_name).output)
    x = tf.constant(start[None], dtype=tf.float32)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(x)
            response = tf.reduce_mean(inner(x, training=False)[..., unit])
        g = tape.gradient(response, x)
        g = g / (tf.sqrt(tf.reduce_mean(g ** 2)) + 1e-8)
        x = tf.clip_by_value(x + step_size * g, -0.5, 0.5)
    return x[0].numpy()
