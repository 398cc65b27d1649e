# title: training waits for long before it stops, and takes the best weights back

# %% training
stop = keras.callbacks.EarlyStopping(patience=8, restore_best_weights=True)
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
    epochs=3 * EPOCHS,
    validation_data=(prepare(x_valid), one_hot(y_valid, CLASSES)),
    callbacks=[stop],
    verbose=2,
)
