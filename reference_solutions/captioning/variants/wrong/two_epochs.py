# title: the training is stopped long before its end
# loses: check_next_words, check_captions, check_image

# %% training
decoder = make_decoder(train_features.shape[1], len(vocab))
optimizer = keras.optimizers.Adam(3e-4)
optimizer.build(decoder.trainable_weights)
valid_loss = [loss_per_word(decoder)]
for _ in range(2):
    for _ in range(len(train_features) // 64):
        x, t = generate_batch(train_features, train_indexed, 64, vocab[PAD], 22)
        train_step(decoder, optimizer, tf.constant(x), tf.constant(t), vocab[PAD])
    valid_loss.append(loss_per_word(decoder))
