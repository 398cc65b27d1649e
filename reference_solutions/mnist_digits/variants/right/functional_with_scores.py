# title: Keras' functional way, scores instead of probabilities, class numbers as targets

# %% keras_train
inputs = keras.Input(shape=(784,))
h = keras.layers.Dense(256)(inputs)
h = keras.layers.LeakyReLU(negative_slope=0.1)(h)
h = keras.layers.Dense(256)(h)
h = keras.layers.LeakyReLU(negative_slope=0.1)(h)
model = keras.Model(inputs, keras.layers.Dense(10)(h))
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
log = model.fit(X_train, y_train, batch_size=64, epochs=EPOCHS, validation_data=(X_valid, y_valid), verbose=0)
keras_history = np.array(log.history["val_loss"])

# %% softmax_predict
def softmax_predict(images):
    return softmax_logits(prepare(images), W, b)

# %% mlp_predict
def mlp_predict(images):
    return mlp_logits(prepare(images))
