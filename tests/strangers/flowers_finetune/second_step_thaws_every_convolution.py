# written from: flowers_finetune.ipynb as released, nothing else
# declares: wrong
# mistake: after the head's own training every convolution of the base is set free to learn, also those before first_trainable that must stay frozen (batch normalisation stays at rest)
# at: training : layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
# should cost: what became of the base in the trained model (check_base, 3 points: its frozen part is not the stored one)

# %% image_center_crop
def image_center_crop(img):
    height = tf.shape(img)[0]
    width = tf.shape(img)[1]
    side = tf.minimum(height, width)
    y0 = (height - side) // 2
    x0 = (width - side) // 2
    return img[y0:y0 + side, x0:x0 + side, :]

# %% prepare_raw_bytes_for_model
def prepare_raw_bytes_for_model(raw_bytes, normalize_for_model=True):
    image = tf.image.decode_jpeg(raw_bytes, channels=3)
    image = image_center_crop(image)
    image = tf.image.resize(tf.cast(image, tf.float32), (SIZE, SIZE))
    if not normalize_for_model:
        return image
    return tf.subtract(tf.divide(image, 127.5), 1.0)

# %% batch_generator
def batch_generator(items, batch_size):
    feed = iter(items)
    at_end = False
    while not at_end:
        group = []
        while len(group) < batch_size:
            try:
                group.append(next(feed))
            except StopIteration:
                at_end = True
                break
        if group:
            yield group

# %% make_dataset
def make_dataset(files, labels, prepare, batch_size, training):
    pictures = tf.data.Dataset.from_tensor_slices(list(files))
    classes = tf.data.Dataset.from_tensor_slices(np.asarray(labels))
    pairs = tf.data.Dataset.zip((pictures, classes))
    if training:
        pairs = pairs.shuffle(len(files))
    pairs = pairs.map(lambda raw, c: (prepare(raw), c), num_parallel_calls=2)
    if training:
        pairs = pairs.map(lambda img, c: (tf.image.random_flip_left_right(img), c))
    return pairs.batch(batch_size)

# %% build_model
def build_model(base, classes, first_trainable):
    base.trainable = True
    names_in_order = [layer.name for layer in base.layers]
    border = names_in_order.index(first_trainable)
    for number, layer in enumerate(base.layers):
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = number >= border and not is_norm
    x = keras.layers.GlobalAveragePooling2D()(base.output)
    x = keras.layers.Dropout(0.3)(x)
    x = keras.layers.Dense(classes)(x)
    return keras.Model(base.input, keras.layers.Activation("softmax")(x))

# %% training
model = build_model(base, CLASSES, BASE["first_trainable"])
train_set = make_dataset(train_files, y_train, prepare_raw_bytes_for_model, BATCH, True)
valid_set = make_dataset(valid_files, y_valid, prepare_raw_bytes_for_model, BATCH, False)

base.trainable = False  # first step: the head alone
model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"])
first = model.fit(train_set, validation_data=valid_set, epochs=EPOCHS // 2, verbose=2)

# second step: the base may learn, too
for layer in base.layers:
    layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
model.compile(
    keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(0.001, EPOCHS * 9, 0.00001)),
    "sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
second = model.fit(train_set, validation_data=valid_set, epochs=EPOCHS, verbose=2)
history = {
    "loss": first.history["loss"] + second.history["loss"],
    "val_loss": first.history["val_loss"] + second.history["val_loss"],
}

# %% predict
def predict(files):
    dataset = make_dataset(files, [0] * len(files), prepare_raw_bytes_for_model, 32, False)
    return model.predict(dataset, verbose=0)
