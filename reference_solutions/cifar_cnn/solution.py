# %% [markdown]
# # Week 3: the reference solution
#
# Each cell that is headed by a `grade_id` is the whole answer cell as it stands in the notebook.
# Cells without an id are here for the reader only and go nowhere.

# %% [markdown]
# ## Inputs and targets
#
# Division first, in float32: arithmetic on uint8 would wrap around at 255.


# %% prepare
def prepare(images):
    """Pixels for the network.

    images uint8 [n, height, width, 3]; returns float32 of the same shape, within [-0.5, 0.5].
    """
    return np.asarray(images, dtype=np.float32) / 255 - np.float32(0.5)


# %% [markdown]
# Rows of the identity matrix, taken by label. Its size is the number of classes, not the largest
# label that happens to occur.


# %% one_hot
def one_hot(y, classes):
    """One row for each label, 1 at the label and 0 elsewhere.

    y [n] whole numbers from 0 to classes - 1; returns numbers [n, classes].
    """
    return np.eye(classes, dtype=np.float32)[np.asarray(y)]


# %% [markdown]
# ## The network
#
# 1,117,466 parameters, of which 1,048,832 sit in the first dense layer: convolutions are cheap in
# weights and dear in arithmetic. For real photographs there is more: mirrored ones in training,
# since a mirrored thing is the same thing; normalised batches behind the pooling and before the
# last dropout, where maps are small and that costs little time; and less dropout, since both of
# these hold back overfitting already. Keras leaves all three out of predictions.


# %% make_model
def make_model():
    """A new untrained network that meets the conditions above.

    It maps prepared images [n, 32, 32, 3] to probabilities [n, 10].
    """
    layers = keras.layers

    def convolution(maps):
        return [
            layers.Conv2D(maps, 3, padding="same"),
            layers.LeakyReLU(negative_slope=0.1),
        ]

    photographs = TIER == "full"
    mirrored = [layers.RandomFlip("horizontal")] if photographs else []
    small, large = (0.15, 0.4) if photographs else (0.25, 0.5)

    def normalised():
        return [layers.BatchNormalization()] if photographs else []

    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            *mirrored,
            *convolution(16),
            *convolution(32),
            layers.MaxPooling2D(),
            *normalised(),
            layers.Dropout(small),
            *convolution(32),
            *normalised(),
            *convolution(64),
            layers.MaxPooling2D(),
            *normalised(),
            layers.Dropout(small),
            layers.Flatten(),
            layers.Dense(256),
            layers.LeakyReLU(negative_slope=0.1),
            *normalised(),
            layers.Dropout(large),
            layers.Dense(10),
            layers.Activation("softmax"),
        ]
    )


# %% learning_rate
def learning_rate(epoch):
    """The learning rate of one epoch.

    epoch: 0, 1, 2, ...; returns a float.
    """
    return 0.005 * 0.9**epoch


# %% training
model = make_model()
model.compile(
    optimizer=keras.optimizers.Adamax(learning_rate(0)),
    loss="categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    prepare(x_train),
    one_hot(y_train, CLASSES),
    batch_size=BATCH,
    epochs=EPOCHS,
    validation_data=(prepare(x_valid), one_hot(y_valid, CLASSES)),
    callbacks=[keras.callbacks.LearningRateScheduler(learning_rate)],
    verbose=2,
)


# %% [markdown]
# `Model.predict` puts dropout and augmentation to rest, and works through the images in batches.


# %% predict
def predict(images):
    """Class probabilities of plain pictures, by the trained model.

    images uint8 [n, 32, 32, 3]; returns [n, 10], each row sums to 1.
    """
    return model.predict(prepare(images), batch_size=250, verbose=0)


# %% [markdown]
# `np.add.at` counts a pair as often as it comes; `counts[y, predicted] += 1` would count it once.


# %% confusion
def confusion(y, predicted, classes):
    """How often each class is taken for which.

    y, predicted [n] whole numbers from 0 to classes - 1; returns counts [classes, classes].
    """
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (np.asarray(y), np.asarray(predicted)), 1)
    return counts


# %% [markdown]
# Clipping after each step rather than at the end: a pixel that has reached white then does not
# run on and distort the gradient of the others.


# %% find_maximum_stimuli
def find_maximum_stimuli(model, layer_name, unit, start, steps=30, step_size=0.02):
    """A picture that excites one unit of a layer, by gradient ascent from `start`.

    model: a functional or sequential Keras model with inputs [n, height, width, 3]
    start: float32 [height, width, 3] within [-0.5, 0.5]; stays as it is
    Returns the picture [height, width, 3], within [-0.5, 0.5].
    """
    inner = keras.Model(model.inputs, model.get_layer(layer_name).output)
    image = tf.convert_to_tensor(start, dtype=tf.float32)[None]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(image)
            response = tf.reduce_mean(inner(image, training=False)[..., unit])
        gradient = tape.gradient(response, image)
        gradient /= tf.sqrt(tf.reduce_mean(gradient**2)) + 1e-8
        image = tf.clip_by_value(image + step_size * gradient, -0.5, 0.5)
    return image[0].numpy()


# %% [markdown] stimuli_in_words
# **What does normalising the gradient do, and why need a best stimulus not look like a thing?**
#
# The gradient's size depends on the layer: on the scale of its weights, on how many layers lie
# between it and the pixels, and on how many places the mean runs over. With a fixed step, plain
# ascent would hardly move for one layer and leave the range at once for another. Divided by its
# own root mean square, every step moves the pixels by about the step size, whatever the unit.
#
# The network was trained to tell photographs apart, not to respond to photographs only. It says
# nothing about the rest of the space of all pictures, and almost all of that space looks like
# noise. Ascent goes wherever the response grows, so it adds up many small high-frequency
# patterns to which the unit's inputs happen to be sensitive, and needs no shape for it.
