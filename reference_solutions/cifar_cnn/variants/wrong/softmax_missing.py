# title: the model gives scores instead of probabilities
# loses: check_model

# %% make_model
def make_model():
    L = keras.layers
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            L.Conv2D(16, 3, padding="same"),
            L.LeakyReLU(negative_slope=0.1),
            L.Conv2D(32, 3, padding="same"),
            L.LeakyReLU(negative_slope=0.1),
            L.MaxPooling2D(),
            L.Dropout(0.25),
            L.Conv2D(32, 3, padding="same"),
            L.LeakyReLU(negative_slope=0.1),
            L.Conv2D(64, 3, padding="same"),
            L.LeakyReLU(negative_slope=0.1),
            L.MaxPooling2D(),
            L.Dropout(0.25),
            L.Flatten(),
            L.Dense(256),
            L.LeakyReLU(negative_slope=0.1),
            L.Dropout(0.5),
            L.Dense(10),
        ]
    )

# %% training
model = make_model()
model.compile(
    optimizer=keras.optimizers.Adamax(0.005),
    loss=keras.losses.CategoricalCrossentropy(from_logits=True),
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
