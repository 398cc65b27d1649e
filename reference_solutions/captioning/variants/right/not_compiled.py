# title: steps that are not compiled

# %% training
EPOCHS, BATCH, RATE = (32, 64, 2e-3) if TIER == "full" else (24, 64, 4e-3)
COLUMNS = 22  # START, words, END

decoder = make_decoder(train_features.shape[1], len(vocab))
steps = len(train_features) // BATCH + 1
falling = keras.optimizers.schedules.CosineDecay(RATE, EPOCHS * steps, alpha=0.1)
optimizer = keras.optimizers.Adam(falling, clipnorm=5.0)
optimizer.build(decoder.trainable_weights)


def one_step(features, tokens):
    return train_step(decoder, optimizer, features, tokens, vocab[PAD])


valid_loss, best = [], None
for _ in range(EPOCHS):
    for _ in range(steps):
        some, captions = generate_batch(train_features, train_indexed, BATCH, vocab[PAD], COLUMNS)
        tokens = np.full((BATCH, COLUMNS), vocab[PAD], dtype=np.int32)
        tokens[:, : captions.shape[1]] = captions
        one_step(tf.constant(some), tf.constant(tokens))
    valid_loss.append(loss_per_word(decoder))
    if valid_loss[-1] == min(valid_loss):
        best = decoder.get_weights()
decoder.set_weights(best)
print("validation loss", *(f"{value:.3f}" for value in valid_loss))
