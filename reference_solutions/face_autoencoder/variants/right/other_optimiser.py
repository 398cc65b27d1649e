# title: Nadam, with the learning rate lowered by a callback, and half more epochs

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
autoencoder.compile(optimizer=keras.optimizers.Nadam(0.004), loss="mse")
slower = keras.callbacks.LearningRateScheduler(lambda e, _: 0.004 * 0.5 ** max(0, e - rounds // 2) if e > rounds // 2 else 0.004)
history = autoencoder.fit(
    x_train, x_train, batch_size=BATCH, epochs=rounds, validation_data=(x_valid, x_valid), verbose=0, callbacks=[slower]
).history
