# title: the functional API, shifted pictures, and half more epochs for them

# %% make_model
def block(x, maps):
    for n in maps:
        x = keras.layers.Conv2D(n, 3, padding="same")(x)
        x = keras.layers.LeakyReLU(negative_slope=0.1)(x)
    return keras.layers.MaxPooling2D()(x)


def make_model():
    pixels = keras.Input((32, 32, 3))
    x = keras.layers.RandomTranslation(0.05, 0.05)(pixels)
    x = block(x, (16, 32))
    x = keras.layers.Dropout(0.25)(x)
    x = block(x, (32, 64))
    x = keras.layers.Dropout(0.25)(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.LeakyReLU(negative_slope=0.1)(keras.layers.Dense(256)(x))
    x = keras.layers.Dropout(0.5)(x)
    return keras.Model(pixels, keras.layers.Dense(10, activation="softmax")(x))

# %% training
model = make_model()
model.compile(
    optimizer=keras.optimizers.Adamax(0.005),
    loss="categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    prepare(x_train),
    one_hot(y_train, CLASSES),
    batch_size=BATCH,
    epochs=EPOCHS + EPOCHS // 2,
    validation_data=(prepare(x_valid), one_hot(y_valid, CLASSES)),
    callbacks=[keras.callbacks.LearningRateScheduler(learning_rate)],
    verbose=2,
)
