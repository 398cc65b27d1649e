# written from: flowers_finetune.ipynb as released, nothing else
# declares: right
# design: nested base, a 1x1 convolution to class maps averaged at the end as the head; own training loop with two optimisers (SGD with momentum for the base, Adam for the head), back to the lowest val_loss; dataset from a Python generator with a new permutation on each pass, mirrored and shifted pictures; area interpolation

# %% image_center_crop
def image_center_crop(img):
    shape = tf.shape(img)
    h, w = shape[0], shape[1]
    s = tf.minimum(h, w)
    # of an odd number, the upper and the left side lose one more
    return tf.slice(img, [(h - s + 1) // 2, (w - s + 1) // 2, 0], [s, s, -1])

# %% prepare_raw_bytes_for_model
def prepare_raw_bytes_for_model(raw_bytes, normalize_for_model=True):
    rgb = tf.io.decode_jpeg(raw_bytes, channels=3, dct_method="INTEGER_ACCURATE")
    rgb = image_center_crop(rgb)
    rgb = tf.image.resize(rgb, [SIZE, SIZE], method=tf.image.ResizeMethod.AREA)
    rgb = tf.reshape(rgb, [SIZE, SIZE, 3])
    return rgb / 127.5 - 1.0 if normalize_for_model else rgb

# %% batch_generator
def batch_generator(items, batch_size):
    basket = []
    for thing in items:
        basket.append(thing)
        if len(basket) >= batch_size:
            yield basket
            basket = []  # a new list: the one handed over belongs to somebody else now
    if basket:
        yield basket

# %% make_dataset
def make_dataset(files, labels, prepare, batch_size, training):
    files = list(files)
    labels = np.array(labels, dtype=np.int64)
    dice = np.random.default_rng(np.random.randint(2**31))

    def one_pass():
        order = dice.permutation(len(files)) if training else range(len(files))
        for k in order:
            yield files[k], labels[k]

    def disturb(pictures, y):
        shape = tf.shape(pictures)
        static = pictures.shape
        left_or_right = tf.random.uniform((shape[0], 1, 1, 1)) < 0.5
        moved = tf.where(left_or_right, pictures[:, :, ::-1], pictures)
        border = shape[1] // 12
        moved = tf.pad(moved, [[0, 0], [border, border], [border, border], [0, 0]], "SYMMETRIC")
        moved = tf.image.random_crop(moved, shape)
        return tf.ensure_shape(moved, static), y

    stream = tf.data.Dataset.from_generator(
        one_pass,
        output_signature=(tf.TensorSpec((), tf.string), tf.TensorSpec((), tf.int64)),
    )
    stream = stream.map(lambda raw, y: (prepare(raw), y), num_parallel_calls=4, deterministic=True)
    stream = stream.batch(batch_size)
    if training:
        stream = stream.map(disturb)
    return stream.prefetch(1)

# %% build_model
class _Freezer:
    """Walks through a base and decides, layer by layer, what may learn."""

    def __init__(self, first):
        self.first, self.reached = first, False

    def __call__(self, base):
        base.trainable = True
        for layer in base.layers:
            self.reached = self.reached or layer.name == self.first
            layer.trainable = self.reached
            self.rest(layer)
        if not self.reached:
            raise ValueError(f"there is no layer {self.first!r} in this base")

    def rest(self, layer):
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
        elif isinstance(layer, keras.Model):
            for inner in layer.layers:
                self.rest(inner)


def build_model(base, classes, first_trainable):
    _Freezer(first_trainable)(base)
    pictures = keras.Input(base.input_shape[1:])
    maps = base(pictures)
    maps = keras.layers.SpatialDropout2D(0.3)(maps)
    evidence = keras.layers.Conv2D(classes, 1, kernel_initializer="glorot_normal", name="class_maps")(maps)
    evidence = keras.layers.GlobalAveragePooling2D()(evidence)
    return keras.Model(pictures, keras.layers.Softmax()(evidence))

# %% training
model = build_model(base, CLASSES, BASE["first_trainable"])
practice = make_dataset(train_files, y_train, prepare_raw_bytes_for_model, BATCH, True)
exam = [(x, y) for x, y in make_dataset(valid_files, y_valid, prepare_raw_bytes_for_model, 60, False)]

base_weights = base.trainable_weights
_of_base = {id(w) for w in base_weights}
head_weights = [w for w in model.trainable_weights if id(w) not in _of_base]
slow = keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True)
quick = keras.optimizers.Adam(0.01)
slow.build(base_weights)
quick.build(head_weights)
nll = keras.losses.SparseCategoricalCrossentropy(reduction="sum")


@tf.function(reduce_retracing=True)
def study(pictures, y):
    with tf.GradientTape() as tape:
        total = nll(y, model(pictures, training=True))
        mean = total / tf.cast(tf.shape(y)[0], tf.float32)
    slopes = tape.gradient(mean, base_weights + head_weights)
    slow.apply_gradients(zip(slopes[: len(base_weights)], base_weights))
    quick.apply_gradients(zip(slopes[len(base_weights) :], head_weights))
    return total


loops = EPOCHS + EPOCHS // 4
history = {"loss": [], "val_loss": []}
lowest, treasure = np.inf, None
for loop in range(loops):
    factor = 0.5 + 0.5 * np.cos(np.pi * loop / loops)
    slow.learning_rate.assign(0.01 * factor * min(1.0, (loop + 1) / 4))  # the base starts slowly
    quick.learning_rate.assign(0.01 * factor)
    total = sum(float(study(x, y)) for x, y in practice)
    history["loss"].append(total / len(train_files))
    missed = sum(float(nll(y, model(x, training=False))) for x, y in exam)
    history["val_loss"].append(missed / len(valid_files))
    if history["val_loss"][-1] < lowest:
        lowest, treasure = history["val_loss"][-1], model.get_weights()
    print(loop, round(history["loss"][-1], 3), round(history["val_loss"][-1], 3))
model.set_weights(treasure)

# %% predict
def predict(files):
    rows = []
    for some in batch_generator(files, 60):
        pictures = tf.stack([prepare_raw_bytes_for_model(raw) for raw in some])
        rows.extend(model(pictures, training=False).numpy())
    return np.array(rows)
