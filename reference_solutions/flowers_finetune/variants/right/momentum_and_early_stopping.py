# title: gradient descent with momentum, and the weights of the best epoch taken back

# %% training
model = build_model(base, CLASSES, BASE["first_trainable"])
total = (EPOCHS + EPOCHS // 2) * -(-len(train_files) // BATCH)
model.compile(
    keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.02, total), momentum=0.9),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    make_dataset(train_files, y_train, prepare_raw_bytes_for_model, BATCH, True),
    validation_data=make_dataset(valid_files, y_valid, prepare_raw_bytes_for_model, 64, False),
    epochs=EPOCHS + EPOCHS // 2,
    callbacks=[keras.callbacks.EarlyStopping(patience=8, restore_best_weights=True)],
    verbose=2,
)
