# written from: flowers_finetune.ipynb as released, nothing else
# declares: right
# design: one flat functional graph on base.output, average and maximum pooling side by side with layer normalisation; fit in two steps (head alone, then head and last layers with AdamW and a cosine), histories joined; bicubic scaling, clipped; mirrored and brightened pictures

# %% image_center_crop
def image_center_crop(img):
    high_wide = tf.shape(img)[:2]
    side = tf.reduce_min(high_wide)
    corner = (high_wide - side) // 2
    return img[corner[0] : corner[0] + side, corner[1] : corner[1] + side]

# %% prepare_raw_bytes_for_model
def prepare_raw_bytes_for_model(raw_bytes, normalize_for_model=True):
    photo = tf.io.decode_jpeg(raw_bytes, channels=3)
    square = tf.cast(image_center_crop(photo), tf.float32)
    small = tf.image.resize(square, (SIZE, SIZE), method="bicubic", antialias=True)
    small = tf.clip_by_value(small, 0.0, 255.0)  # bicubic overshoots at sharp edges
    small = tf.ensure_shape(small, (SIZE, SIZE, 3))
    if normalize_for_model:
        small = small / 127.5 - 1.0
    return small

# %% batch_generator
from itertools import islice


def batch_generator(items, batch_size):
    source = iter(items)
    while True:
        batch = list(islice(source, batch_size))
        if len(batch) == 0:
            return
        yield batch

# %% make_dataset
def _vary(picture):
    mirrored = tf.reverse(picture, axis=[1])
    varied = tf.where(tf.random.uniform(()) < 0.5, mirrored, picture)
    varied = varied * tf.random.uniform((), 0.9, 1.1) + tf.random.uniform((), -0.08, 0.08)
    return tf.clip_by_value(varied, -1.0, 1.0)


def make_dataset(files, labels, prepare, batch_size, training):
    labels = np.asarray(labels)
    data = tf.data.Dataset.from_tensor_slices((tf.constant(list(files), dtype=tf.string), labels))
    if training:
        data = data.shuffle(len(labels), reshuffle_each_iteration=True)
        data = data.map(lambda raw, y: (_vary(prepare(raw)), y), num_parallel_calls=tf.data.AUTOTUNE)
    else:
        data = data.map(lambda raw, y: (prepare(raw), y), num_parallel_calls=tf.data.AUTOTUNE)
    return data.batch(batch_size).prefetch(tf.data.AUTOTUNE)

# %% build_model
def _batch_norms_within(layer):
    if isinstance(layer, keras.layers.BatchNormalization):
        yield layer
    for inner in getattr(layer, "layers", []):
        yield from _batch_norms_within(inner)


def build_model(base, classes, first_trainable):
    base.trainable = True  # a clean start: now layer by layer
    place = [layer.name for layer in base.layers].index(first_trainable)
    for layer in base.layers[:place]:
        layer.trainable = False
    for layer in base.layers:
        for norm in _batch_norms_within(layer):
            norm.trainable = False

    average = keras.layers.GlobalAveragePooling2D(name="head_average")(base.output)
    highest = keras.layers.GlobalMaxPooling2D(name="head_maximum")(base.output)
    h = keras.layers.Concatenate(name="head_both")([average, highest])
    h = keras.layers.LayerNormalization(name="head_norm")(h)
    h = keras.layers.Dropout(0.3, name="head_dropout")(h)
    h = keras.layers.Dense(classes, activation="softmax", name="head_classes")(h)
    return keras.Model(base.input, h, name="flowers")

# %% training
train_data = make_dataset(train_files, y_train, prepare_raw_bytes_for_model, BATCH, True)
valid_data = make_dataset(valid_files, y_valid, prepare_raw_bytes_for_model, 50, False)

model = build_model(base, CLASSES, BASE["first_trainable"])
loss = "sparse_categorical_crossentropy"

# first the head alone, so that its random start does not shake the layers below it
may_learn = [layer for layer in base.layers if layer.trainable]
for layer in may_learn:
    layer.trainable = False
model.compile(keras.optimizers.Adam(0.003), loss=loss, metrics=["accuracy"])
head_epochs = EPOCHS // 3
_first = model.fit(train_data, validation_data=valid_data, epochs=head_epochs, verbose=2).history

for layer in may_learn:
    layer.trainable = True
_steps = EPOCHS * -(-len(train_files) // BATCH)
model.compile(
    keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(0.001, _steps, alpha=0.02), weight_decay=0.001),
    loss=loss,
    metrics=["accuracy"],
)
_second = model.fit(train_data, validation_data=valid_data, epochs=EPOCHS, verbose=2).history
history = {key: _first[key] + _second[key] for key in _first}

# %% predict
def predict(files):
    data = make_dataset(files, np.zeros(len(files), dtype=np.int64), prepare_raw_bytes_for_model, 64, False)
    return np.concatenate([np.asarray(model(pictures, training=False)) for pictures, _ in data])
