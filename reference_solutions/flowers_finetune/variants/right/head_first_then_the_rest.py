# title: the head alone first, then the last layers with it; the lists of both fits joined

# %% training
model = build_model(base, CLASSES, BASE["first_trainable"])
learns = [layer for layer in base.layers if layer.trainable]
flowers = make_dataset(train_files, y_train, prepare_raw_bytes_for_model, BATCH, True)
checked = make_dataset(valid_files, y_valid, prepare_raw_bytes_for_model, 64, False)
for layer in learns:
    layer.trainable = False
model.compile(keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy")
first = model.fit(flowers, validation_data=checked, epochs=EPOCHS // 4, verbose=2).history
for layer in learns:
    layer.trainable = True
rate = keras.optimizers.schedules.CosineDecay(0.001, EPOCHS * -(-len(train_files) // BATCH))
model.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
then = model.fit(flowers, validation_data=checked, epochs=EPOCHS, verbose=2).history
history = {name: first[name] + then[name] for name in first}
