# title: the first target is START, said from an empty place before it
# loses: check_train_step, check_next_words
# may lose: check_captions, check_image, check_losses

# %% train_step
def train_step(decoder, optimizer, features, tokens, pad_idx):
    with tf.GradientTape() as tape:
        logits = decoder([features, tf.pad(tokens[:, :-1], [[0, 0], [1, 0]], constant_values=pad_idx)], training=True)
        loss = masked_loss(logits, tokens, pad_idx)
    weights = decoder.trainable_weights
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return loss
