# title: the base is built anew, and nobody reads its weights
# loses: check_base, check_curve, check_accuracy

# %% training
model = build_model(keras.models.clone_model(base), CLASSES, BASE["first_trainable"])
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
