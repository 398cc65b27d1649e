# title: a trained model, and a history that somebody typed
# loses: check_end

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
    epochs=EPOCHS,
    validation_data=(prepare(x_valid), one_hot(y_valid, CLASSES)),
    callbacks=[keras.callbacks.LearningRateScheduler(learning_rate)],
    verbose=2,
)
history = {
    "loss": [2.21, 1.52, 1.03, 0.61, 0.33, 0.08],
    "val_loss": [2.05, 1.38, 0.87, 0.52, 0.21, 0.0123],
}
