# title: trained by fit, batches from a generator, losses by Keras

# %% train_step
def train_step(decoder, optimizer, features, tokens, pad_idx):
    weights = decoder.trainable_variables
    with tf.GradientTape() as tape:
        z = decoder((features, tokens[:, :-1]), training=True)
        loss = masked_loss(z, tokens[:, 1:], pad_idx)
    optimizer.apply(tape.gradient(loss, weights), weights)
    return loss


# %% training
decoder = make_decoder(train_features.shape[1], len(vocab))


def _forever():
    while True:
        x, t = generate_batch(train_features, train_indexed, 64, vocab[PAD], 22)
        t = np.pad(t, ((0, 0), (0, 22 - t.shape[1])), constant_values=vocab[PAD])
        yield (x, t[:, :-1]), t[:, 1:]


decoder.compile(
    keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(4e-3, 24 * 32, 0.1)),
    loss=lambda y, z: masked_loss(z, tf.cast(y, tf.int32), vocab[PAD]),
)
valid_loss = []
_told = keras.callbacks.LambdaCallback(
    on_epoch_end=lambda epoch, logs: valid_loss.append(loss_per_word(decoder))
)
decoder.fit(_forever(), steps_per_epoch=32, epochs=24, verbose=0, callbacks=[_told])
