# title: the Keras history is the loss on the training images
# loses: check_keras_history

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
fitted = model.fit(X_train, Y_train, batch_size=128, epochs=EPOCHS, validation_data=(X_valid, Y_valid), verbose=0)
keras_history = fitted.history["loss"]
