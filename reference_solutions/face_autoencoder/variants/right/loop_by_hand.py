# title: a loop by hand over GradientTape, a plain dictionary, weights taken from a file of the best epoch

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

optimiser = falling(0.006, rounds)
optimiser.build(autoencoder.trainable_variables)


@tf.function
def step(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(autoencoder(x, training=True) - x))
    optimiser.apply_gradients(zip(tape.gradient(loss, autoencoder.trainable_variables), autoencoder.trainable_variables))
    return loss


history = {"loss": [], "val_loss": []}
for epoch in range(rounds):
    order = np.random.permutation(len(x_train))
    told = [float(step(x_train[order[k : k + BATCH]])) for k in range(0, len(order) - BATCH + 1, BATCH)]
    history["loss"].append(np.mean(told))
    history["val_loss"].append(np.mean((autoencoder.predict(x_valid, verbose=0) - x_valid) ** 2))
    if history["val_loss"][-1] == min(history["val_loss"]):
        autoencoder.save_weights("best.weights.h5")
autoencoder.load_weights("best.weights.h5")
