# written from: cifar_cnn.ipynb as released, nothing else
# declares: right
# design: functional residual net with batch normalisation and swish, own GradientTape loop with Nesterov momentum, one-cycle cosine rate, mirrored and shifted pictures, dictionary history

# %% prepare
def prepare(images):
    pixels = np.divide(images, 255.0, dtype=np.float32)  # a new array: `images` is not touched
    return np.subtract(pixels, 0.5, dtype=np.float32)

# %% one_hot
def one_hot(y, classes):
    labels = np.asarray(y).reshape(-1, 1)
    columns = np.arange(classes).reshape(1, -1)
    return np.equal(labels, columns).astype(np.float32)

# %% make_model
def _conv_bn(tensor, maps, size=3):
    # no bias: the batch normalisation behind has one
    tensor = keras.layers.Conv2D(maps, size, padding="same", use_bias=False,
                                 kernel_initializer="he_normal")(tensor)
    return keras.layers.BatchNormalization(momentum=0.9)(tensor)


def _residual(tensor, maps):
    way_round = _conv_bn(tensor, maps, size=1)
    inner = keras.layers.Activation("swish")(_conv_bn(tensor, maps))
    inner = _conv_bn(inner, maps)
    return keras.layers.Activation("swish")(keras.layers.Add()([way_round, inner]))


def make_model():
    entry = keras.Input((32, 32, 3))
    t = keras.layers.Activation("swish")(_conv_bn(entry, 32))
    t = keras.layers.MaxPooling2D()(t)
    t = _residual(t, 48)
    t = keras.layers.MaxPooling2D()(t)
    t = _residual(t, 96)
    t = keras.layers.MaxPooling2D()(t)
    t = keras.layers.Conv2D(128, 3, padding="same", activation="swish")(t)
    t = keras.layers.GlobalAveragePooling2D()(t)
    t = keras.layers.Dropout(0.3)(t)
    return keras.Model(entry, keras.layers.Dense(CLASSES, activation="softmax")(t))

# %% learning_rate
def learning_rate(epoch):
    return float(np.exp(np.log(0.005) + epoch * np.log(0.9)))

# %% training
model = make_model()

rounds = int(1.4 * EPOCHS)
steps_per_round = int(np.ceil(len(x_train) / BATCH))
total_steps = rounds * steps_per_round
PEAK = 0.08


def pace(step):
    """Up in the first fifth, then down along a cosine."""
    share = step / total_steps
    if share < 0.2:
        return PEAK * (0.1 + 0.9 * share / 0.2)
    return PEAK * (0.5 + 0.5 * np.cos(np.pi * (share - 0.2) / 0.8)) + 1e-5


optimiser = keras.optimizers.SGD(PEAK, momentum=0.9, nesterov=True)
cross_entropy = keras.losses.SparseCategoricalCrossentropy()


@tf.function(reduce_retracing=True)
def learn(pictures, labels):
    with tf.GradientTape() as tape:
        loss = cross_entropy(labels, model(pictures, training=True))
    slopes = tape.gradient(loss, model.trainable_variables)
    slopes, _ = tf.clip_by_global_norm(slopes, 2.0)
    optimiser.apply_gradients(zip(slopes, model.trainable_variables))
    return loss


@tf.function(reduce_retracing=True)
def look(pictures, labels):
    return cross_entropy(labels, model(pictures, training=False))


def mirrored_and_shifted(pictures, rng):
    """Half of them mirrored, each batch moved by up to two pixels (the border is repeated)."""
    flip = rng.random(len(pictures)) < 0.5
    pictures = np.where(flip[:, None, None, None], pictures[:, :, ::-1], pictures)
    down, right = rng.integers(0, 5, size=2)
    padded = np.pad(pictures, ((0, 0), (2, 2), (2, 2), (0, 0)), mode="edge")
    return padded[:, down : down + 32, right : right + 32]


def loss_on(pictures, labels, size=250):
    summed = 0.0
    for a in range(0, len(pictures), size):
        chunk = labels[a : a + size]
        summed += float(look(tf.constant(pictures[a : a + size]), tf.constant(chunk))) * len(chunk)
    return summed / len(pictures)


dice = np.random.default_rng(SEED)
ready_train, ready_valid = prepare(x_train), prepare(x_valid)
history = {"loss": [], "val_loss": []}
done = 0
for round_ in range(rounds):
    order = dice.permutation(len(x_train))
    summed = 0.0
    for a in range(0, len(order), BATCH):
        picked = order[a : a + BATCH]
        optimiser.learning_rate.assign(pace(done))
        batch = mirrored_and_shifted(ready_train[picked], dice)
        summed += float(learn(tf.constant(batch), tf.constant(y_train[picked]))) * len(picked)
        done += 1
    history["loss"].append(summed / len(order))
    history["val_loss"].append(loss_on(ready_valid, y_valid))
    print(f"{round_ + 1:2d}: {history['loss'][-1]:.3f} {history['val_loss'][-1]:.3f}")

# %% predict
def predict(images):
    ready = prepare(images)
    rows = [
        np.asarray(model(ready[a : a + 250], training=False), dtype=np.float32)
        for a in range(0, len(ready), 250)
    ]
    return np.concatenate(rows, axis=0)

# %% confusion
def confusion(y, predicted, classes):
    pairs = np.asarray(y).astype(np.int64) * classes + np.asarray(predicted).astype(np.int64)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)

# %% find_maximum_stimuli
def find_maximum_stimuli(model, layer_name, unit, start, steps=30, step_size=0.02):
    up_to_layer = keras.Model(model.inputs[0], model.get_layer(layer_name).output)
    picture = tf.Variable(np.array(start, dtype=np.float32)[np.newaxis])
    for _ in range(steps):
        with tf.GradientTape() as tape:
            response = tf.reduce_mean(up_to_layer(picture, training=False)[..., unit])
        slope = tape.gradient(response, picture)
        size = tf.sqrt(tf.reduce_mean(tf.square(slope))) + 1e-8
        picture.assign(tf.clip_by_value(picture + step_size * slope / size, -0.5, 0.5))
    return picture.numpy()[0]
