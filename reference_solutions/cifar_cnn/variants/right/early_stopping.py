# title: training stops by itself and takes the best weights back

# %% training
stop = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
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
    callbacks=[keras.callbacks.LearningRateScheduler(learning_rate), stop],
    verbose=2,
)
