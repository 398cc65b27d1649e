# %% [markdown]
# # Week 3, flowers: the reference solution
#
# Each cell that is headed by a `grade_id` is the whole answer cell as it stands in the notebook.
# Cells without an id are here for the reader only and go nowhere.

# %% [markdown]
# ## From bytes to an input
#
# Whole-number division: half a pixel is no place to begin at.


# %% image_center_crop
def image_center_crop(img):
    """The largest square in the middle of a picture.

    img [h, w, c], array or tensor of whole or floating-point numbers; returns [s, s, c] with
    s = min(h, w), the same numbers.
    """
    shape = tf.shape(img)
    side = tf.minimum(shape[0], shape[1])
    top, left = (shape[0] - side) // 2, (shape[1] - side) // 2
    return img[top : top + side, left : left + side]


# %% prepare_raw_bytes_for_model
def prepare_raw_bytes_for_model(raw_bytes, normalize_for_model=True):
    """One picture, as the network takes it.

    raw_bytes: the content of a JPEG file, as bytes or as a tf.string scalar
    Returns [SIZE, SIZE, 3]: float32 within [-1, 1], or any numbers from 0 to 255.
    """
    image = image_center_crop(tf.io.decode_jpeg(raw_bytes, channels=3))
    image = tf.image.resize(image, (SIZE, SIZE))
    return image / 127.5 - 1 if normalize_for_model else image


# %% [markdown]
# ## Batches
#
# A new list for each batch: clearing the old one would empty what the caller still holds. What is
# left is given only if it is something.


# %% batch_generator
def batch_generator(items, batch_size):
    """Yields lists of `batch_size` items; the last one may be shorter.

    items: any iterable, of anything; batch_size: a whole number from 1
    """
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == batch_size:
            yield batch
            batch = []
    if batch:
        yield batch


# %% [markdown]
# Shuffling comes before decoding: bytes are small, pictures are large. A picture is mirrored, and
# moved by up to a twelfth of its side.


# %% make_dataset
def make_dataset(files, labels, prepare, batch_size, training):
    """Batches of prepared pictures and their labels, as a tf.data.Dataset.

    files: list of n bytes objects; labels [n] whole numbers
    prepare: from one tf.string scalar to one picture, float32 [s, s, 3] within [-1, 1]; it uses
        TensorFlow's functions only
    training: whether to shuffle (and, if you like, to change pictures at random)
    Elements: pictures float32 [b, s, s, 3], labels whole numbers [b], with b = batch_size or less.
    """

    def changed(picture, label):
        picture = tf.image.random_flip_left_right(picture)
        shape = tf.shape(picture)
        margin = shape[0] // 12
        picture = tf.pad(picture, [[margin, margin], [margin, margin], [0, 0]], "REFLECT")
        return tf.image.random_crop(picture, shape), label

    data = tf.data.Dataset.from_tensor_slices((files, np.asarray(labels)))
    if training:
        data = data.shuffle(len(files))
    data = data.map(lambda raw, label: (prepare(raw), label), num_parallel_calls=tf.data.AUTOTUNE)
    if training:
        data = data.map(changed, num_parallel_calls=tf.data.AUTOTUNE)
    return data.batch(batch_size).prefetch(tf.data.AUTOTUNE)


# %% [markdown]
# ## The model
#
# A frozen batch normalisation uses its stored statistics whatever `fit` says. `training=False` in
# the call of the base would not do: in `fit` Keras 3 replaces it by the outer model's `True`.
#
# For photographs the head sees two sets of features, brought to one scale: those that learn, and
# the frozen ones that they are made of, which tell flowers apart almost as well by themselves.


# %% build_model
def build_model(base, classes, first_trainable):
    """The base with a new head, ready to be compiled.

    base: functional Keras model from pictures [n, s, s, 3] to maps [n, h, w, c]
    classes: how many probabilities to give
    first_trainable: name of a layer of `base.layers`; those before it are frozen
    Returns a Keras model from pictures [n, s, s, 3] to probabilities [n, classes].
    """
    first = [layer.name for layer in base.layers].index(first_trainable)
    for k, layer in enumerate(base.layers):
        at_rest = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = k >= first and not at_rest
    layers = keras.layers
    parts = [layers.GlobalAveragePooling2D()(base.output)]
    if TIER == "full":
        parts.append(layers.GlobalAveragePooling2D()(base.get_layer(first_trainable).output))
        parts = [layers.Concatenate()([layers.BatchNormalization(momentum=0.9)(p) for p in parts])]
    x = layers.Dropout(0.5 if TIER == "full" else 0.3)(parts[0])
    x = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(base.input, x)


# %% [markdown]
# ## Training
#
# Small steps that end at none: the last layers know a lot already, and shall be bent, not broken.


# %% training
model = build_model(base, CLASSES, BASE["first_trainable"])
steps = EPOCHS * -(-len(train_files) // BATCH)
model.compile(
    optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.001, steps)),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    make_dataset(train_files, y_train, prepare_raw_bytes_for_model, BATCH, True),
    validation_data=make_dataset(valid_files, y_valid, prepare_raw_bytes_for_model, 64, False),
    epochs=EPOCHS,
    verbose=2,
)


# %% [markdown]
# `Model.predict` puts dropout to rest, and goes through the files batch by batch.


# %% predict
def predict(files):
    """Class probabilities of pictures, by the trained model.

    files: list of n bytes objects, each a JPEG file; returns [n, CLASSES], each row sums to 1.
    """
    data = make_dataset(files, np.zeros(len(files)), prepare_raw_bytes_for_model, 64, False)
    return model.predict(data, verbose=0)


# %% [markdown] transfer_in_words
# **Why start from a trained network, and why put its batch normalisation to rest?**
#
# Random weights can become anything, and a dozen pictures a class say too little about which of
# all the functions that fit them is meant: the network would learn their backgrounds by heart.
# Weights that were trained on many pictures respond to edges, textures and parts already, wherever
# those are and however they are lit. Only how to combine them is left to learn, from few numbers.
#
# In training mode, batch normalisation takes mean and variance of the batch. With a few pictures
# those are noise, and every layer behind gets other inputs than it was trained on. Meanwhile the
# stored statistics drift towards the flowers, while frozen weights cannot follow. Training uses the
# batch's, so its loss may look fine; prediction uses the drifted ones, and that is where it fails.
