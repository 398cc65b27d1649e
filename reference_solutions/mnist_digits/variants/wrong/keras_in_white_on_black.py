# title: the Keras model is trained on inverted pixels, and asked as its task says
# loses: check_keras_accuracy, check_keras_history

# %% keras_train
model = keras.Sequential(
    [
        keras.layers.Input((784,)),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="categorical_crossentropy")
fitted = model.fit(1 - X_train, Y_train, batch_size=128, epochs=EPOCHS, validation_data=(1 - X_valid, Y_valid), verbose=0)
keras_history = fitted.history["val_loss"]
