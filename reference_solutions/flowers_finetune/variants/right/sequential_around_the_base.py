# title: a Sequential model around the base, weight decay, a rate that falls at plateaus, prediction batch by batch

# %% make_dataset
def make_dataset(files, labels, prepare, batch_size, training):
    files, labels = tf.constant(files), tf.constant(labels)
    data = tf.data.Dataset.from_tensor_slices((files, labels))
    if training:
        data = data.shuffle(len(labels), reshuffle_each_iteration=True)
    return data.map(lambda f, y: (prepare(f), y)).batch(batch_size)

# %% build_model
def build_model(base, classes, first_trainable):
    base.trainable = True
    seen = False
    for layer in base.layers:
        if layer.name == first_trainable:
            seen = True
        if not seen or isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    return keras.Sequential([
        base,
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(classes, activation="softmax"),
    ])

# %% training
model = build_model(base, CLASSES, BASE["first_trainable"])
model.compile(
    optimizer=keras.optimizers.AdamW(0.001, weight_decay=1e-4),
    loss=keras.losses.SparseCategoricalCrossentropy(),
    metrics=["accuracy"],
)
history = model.fit(
    make_dataset(train_files, y_train, prepare_raw_bytes_for_model, BATCH, True),
    validation_data=make_dataset(valid_files, y_valid, prepare_raw_bytes_for_model, BATCH, False),
    epochs=EPOCHS,
    callbacks=[keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=2)],
    verbose=0,
)

# %% predict
def predict(files):
    found = []
    for batch in batch_generator(files, 32):
        found.append(model(tf.stack([prepare_raw_bytes_for_model(f) for f in batch]), training=False).numpy())
    return np.concatenate(found)
