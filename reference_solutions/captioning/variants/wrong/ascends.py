# title: the step goes up the slope
# loses: check_train_step, check_next_words, check_captions, check_image, check_losses

# %% train_step
def train_step(decoder, optimizer, features, tokens, pad_idx):
    with tf.GradientTape() as tape:
        loss = masked_loss(decoder([features, tokens[:, :-1]], training=True), tokens[:, 1:], pad_idx)
    weights = decoder.trainable_weights
    optimizer.apply_gradients([(-g, w) for g, w in zip(tape.gradient(loss, weights), weights)])
    return loss
