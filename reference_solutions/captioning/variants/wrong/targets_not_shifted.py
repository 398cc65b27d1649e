# title: the decoder is to say the word that it has just read
# loses: check_train_step, check_next_words, check_captions, check_image, check_losses

# %% train_step
def train_step(decoder, optimizer, features, tokens, pad_idx):
    with tf.GradientTape() as tape:
        logits = decoder([features, tokens[:, :-1]], training=True)
        loss = masked_loss(logits, tokens[:, :-1], pad_idx)
    weights = decoder.trainable_weights
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return loss
