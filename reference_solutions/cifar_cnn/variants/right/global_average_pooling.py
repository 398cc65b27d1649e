# title: batch normalisation, wider convolutions, global average pooling instead of a large dense layer

# %% make_model
def make_model():
    L = keras.layers
    model = keras.Sequential([keras.Input((32, 32, 3))])
    for n, stride in ((24, 1), (32, 2), (64, 1), (96, 2), (128, 1)):
        model.add(L.Conv2D(n, 3, strides=stride, padding="same", use_bias=False))
        model.add(L.BatchNormalization(momentum=0.9))
        model.add(L.ReLU())
    model.add(L.GlobalAveragePooling2D())
    model.add(L.Dense(10, activation="softmax"))
    return model

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
    epochs=EPOCHS + EPOCHS // 2,
    validation_data=(prepare(x_valid), one_hot(y_valid, CLASSES)),
    callbacks=[keras.callbacks.LearningRateScheduler(learning_rate)],
    verbose=2,
)
