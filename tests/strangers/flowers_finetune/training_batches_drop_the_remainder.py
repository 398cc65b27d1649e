# written from: flowers_finetune.ipynb as released, nothing else
# declares: wrong
# mistake: for training, the last short batch is thrown away, so that a pass does not give every file once (144 files in sixteens leave no rest, hence nothing shows in this notebook's own training)
# at: make_dataset : ds = ds.batch(batch_size, drop_remainder=training)
# should cost: make_dataset (check_dataset)

# %% image_center_crop
def image_center_crop(img):
    h, w = tf.shape(img)[0], tf.shape(img)[1]
    side = tf.minimum(h, w)
    # half of what is too much goes away in front, the rest behind
    img = img[(h - side) // 2:, (w - side) // 2:]
    return img[:side, :side]

# %% prepare_raw_bytes_for_model
def prepare_raw_bytes_for_model(raw_bytes, normalize_for_model=True):
    img = tf.io.decode_jpeg(raw_bytes, channels=3)
    img = image_center_crop(img)
    img = tf.image.resize(img, (SIZE, SIZE), antialias=True)
    if normalize_for_model:
        img = img / 127.5 - 1
    return img

# %% batch_generator
def batch_generator(items, batch_size):
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == batch_size:
            yield batch
            batch = []
    if len(batch) > 0:
        yield batch

# %% make_dataset
def make_dataset(files, labels, prepare, batch_size, training):
    ds = tf.data.Dataset.from_tensor_slices((list(files), np.asarray(labels)))
    if training:
        ds = ds.shuffle(buffer_size=len(files))
    ds = ds.map(lambda f, y: (prepare(f), y), num_parallel_calls=tf.data.AUTOTUNE)
    if training:
        ds = ds.map(lambda x, y: (tf.image.random_flip_left_right(x), y))
    ds = ds.batch(batch_size, drop_remainder=training)
    return ds.prefetch(tf.data.AUTOTUNE)

# %% build_model
def build_model(base, classes, first_trainable):
    base.trainable = True
    learns = False
    for layer in base.layers:
        if layer.name == first_trainable:
            learns = True
        layer.trainable = learns and not isinstance(layer, keras.layers.BatchNormalization)
    inputs = keras.Input(shape=base.input_shape[1:])
    x = base(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(128, activation="tanh")(x)
    x = keras.layers.Dropout(0.3)(x)
    outputs = keras.layers.Dense(classes, activation="softmax")(x)
    return keras.Model(inputs, outputs)

# %% training
model = build_model(base, CLASSES, BASE["first_trainable"])
model.compile(
    optimizer=keras.optimizers.Adamax(0.001),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
_train = make_dataset(train_files, y_train, prepare_raw_bytes_for_model, BATCH, True)
_valid = make_dataset(valid_files, y_valid, prepare_raw_bytes_for_model, 64, False)
_epochs = int(1.5 * EPOCHS)
history = model.fit(
    _train,
    validation_data=_valid,
    epochs=_epochs,
    callbacks=[keras.callbacks.LearningRateScheduler(
        lambda e: float(0.003 * (1 - e / _epochs) + 0.00003))],
    verbose=2,
)

# %% predict
def predict(files):
    answers = []
    for some in batch_generator(files, 32):
        pictures = np.stack([prepare_raw_bytes_for_model(f).numpy() for f in some])
        answers.append(model.predict_on_batch(pictures))
    return np.concatenate(answers)
