# title: Adam with a constant rate and smaller batches

# %% training
model = make_model()
model.compile(
    optimizer=keras.optimizers.Adam(0.0015),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    prepare(x_train),
    y_train,
    batch_size=BATCH // 2,
    epochs=EPOCHS,
    validation_data=(prepare(x_valid), y_valid),
    callbacks=[],
    verbose=2,
)
