# title: a trained model, and a history that somebody typed
# loses: check_end

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
history = {
    "loss": [2.21, 1.52, 1.03, 0.61, 0.33, 0.08],
    "val_loss": [2.05, 1.38, 0.87, 0.52, 0.21, 0.0123],
}
