# title: faces mirrored by tf.data, early stopping with the best weights taken back

# %% training
def falling(rate, epochs):
    steps = epochs * -(-len(x_train) // BATCH)
    return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.02))


def chained(encoder, decoder):
    inputs = keras.Input(IMG_SHAPE)
    return keras.Model(inputs, decoder(encoder(inputs)))


encoder, decoder = build_deep_autoencoder(IMG_SHAPE, CODE_SIZE)
autoencoder = chained(encoder, decoder)
rounds = EPOCHS + EPOCHS // 2

autoencoder.compile(optimizer=falling(0.006, rounds), loss="mse", metrics=["mae"])
data = tf.data.Dataset.from_tensor_slices(x_train).shuffle(len(x_train)).map(tf.image.random_flip_left_right).map(lambda x: (x, x)).batch(BATCH).prefetch(2)
history = autoencoder.fit(
    data, epochs=rounds, validation_data=(x_valid, x_valid), verbose=0,
    callbacks=[keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True)],
)
