# title: the base is not nested but continued; one-hot rows; augmentation as layers of the model

# %% build_model
def build_model(base, classes, first_trainable):
    frozen = True
    for layer in base.layers:
        frozen = frozen and layer.name != first_trainable
        layer.trainable = not (frozen or "Normalization" in type(layer).__name__)
    x = base.output
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(96, activation="relu")(x)
    x = keras.layers.Dropout(0.3)(x)
    x = keras.layers.Dense(classes)(x)
    return keras.Model(base.input, keras.layers.Softmax()(x))

# %% training
model = build_model(base, CLASSES, BASE["first_trainable"])

def rows(x, y):
    return x, tf.one_hot(y, CLASSES)

rate = keras.optimizers.schedules.CosineDecay(0.001, EPOCHS * -(-len(train_files) // BATCH))
model.compile(keras.optimizers.Adam(rate), loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit(
    make_dataset(train_files, y_train, prepare_raw_bytes_for_model, BATCH, True).map(rows),
    validation_data=make_dataset(valid_files, y_valid, prepare_raw_bytes_for_model, 50, False).map(rows),
    epochs=EPOCHS,
    verbose=2,
)
