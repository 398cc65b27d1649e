# title: images and labels are shuffled apart before training
# loses: check_curve, check_accuracy

# %% training
mixed = np.random.permutation(len(y_train))
model = make_model()
model.compile(
    optimizer=keras.optimizers.Adamax(0.005),
    loss="categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    prepare(x_train),
    one_hot(y_train[mixed], CLASSES),
    batch_size=BATCH,
    epochs=EPOCHS,
    validation_data=(prepare(x_valid), one_hot(y_valid, CLASSES)),
    callbacks=[keras.callbacks.LearningRateScheduler(learning_rate)],
    verbose=2,
)
