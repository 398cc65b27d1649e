# title: the training cell lets the whole base learn again
# loses: check_base

# %% training
model = build_model(base, CLASSES, BASE["first_trainable"])
for layer in base.layers:
    layer.trainable = True
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
