# title: numpy batches from the generator of part 2, train_on_batch, a plain dictionary of losses

# %% training
model = build_model(base, CLASSES, BASE["first_trainable"])
steps = EPOCHS * -(-len(train_files) // BATCH)
model.compile(
    optimizer=keras.optimizers.Adamax(keras.optimizers.schedules.CosineDecay(0.004, steps)),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
x_all = np.stack([prepare_raw_bytes_for_model(f) for f in train_files])
v_all = np.stack([prepare_raw_bytes_for_model(f) for f in valid_files])
history = {"loss": [], "val_loss": []}
for epoch in range(EPOCHS):
    told = []
    for batch in batch_generator(np.random.permutation(len(x_all)), BATCH):
        xs = x_all[batch]
        if np.random.rand() < 0.5:
            xs = xs[:, :, ::-1]
        told.append(float(model.train_on_batch(xs, y_train[batch])[0]))
    history["loss"].append(np.mean(told))
    history["val_loss"].append(model.evaluate(v_all, y_valid, verbose=0)[0])
