# title: a Keras model of a class of the notebook's own

# %% keras_train
class Reader(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(256, activation="relu")
        self.second = keras.layers.Dense(256, activation="relu")
        self.last = keras.layers.Dense(10)

    def call(self, rows):
        return self.last(self.second(self.first(rows)))


model = Reader()
model.compile("adam", keras.losses.CategoricalCrossentropy(from_logits=True))
log = model.fit(X_train, Y_train, batch_size=128, epochs=EPOCHS, validation_data=(X_valid, Y_valid), verbose=0)
keras_history = log.history["val_loss"]
