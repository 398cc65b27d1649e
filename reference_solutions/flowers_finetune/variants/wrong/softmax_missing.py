# title: the model gives scores instead of probabilities
# loses: check_model

# %% build_model
def build_model(base, classes, first_trainable):
    first = [layer.name for layer in base.layers].index(first_trainable)
    for k, layer in enumerate(base.layers):
        layer.trainable = k >= first and not isinstance(layer, keras.layers.BatchNormalization)
    pictures = keras.Input(base.input_shape[1:])
    x = keras.layers.GlobalAveragePooling2D()(base(pictures))
    x = keras.layers.Dropout(0.3)(x)
    return keras.Model(pictures, keras.layers.Dense(classes)(x))

# %% training
model = build_model(base, CLASSES, BASE["first_trainable"])
steps = EPOCHS * -(-len(train_files) // BATCH)
model.compile(
    optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.001, steps)),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
history = model.fit(
    make_dataset(train_files, y_train, prepare_raw_bytes_for_model, BATCH, True),
    validation_data=make_dataset(valid_files, y_valid, prepare_raw_bytes_for_model, 64, False),
    epochs=EPOCHS,
    verbose=2,
)
