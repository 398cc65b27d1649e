# title: the Keras model wants pictures, not rows
# loses: check_keras_accuracy, check_keras_history

# %% keras_train
model = keras.Sequential(
    [
        keras.layers.Input((28, 28)),
        keras.layers.Flatten(),
        keras.layers.Rescaling(1 / 255),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="categorical_crossentropy")
fitted = model.fit(x_train, Y_train, batch_size=128, epochs=EPOCHS, validation_data=(x_valid, Y_valid), verbose=0)
keras_history = fitted.history["val_loss"]
