# title: every caption of every picture in each epoch, by passes over shuffled pairs, with early stopping

# %% training
decoder = make_decoder(train_features.shape[1], len(vocab))
optimizer = keras.optimizers.AdamW(2e-3, weight_decay=1e-4)
optimizer.build(decoder.trainable_weights)
step = tf.function(lambda x, t: train_step(decoder, optimizer, x, t, vocab[PAD]))
_owners = np.repeat(np.arange(len(train_features)), [len(c) for c in train_indexed])
_tokens = batch_captions_to_matrix([c for cs in train_indexed for c in cs], vocab[PAD], 22)
valid_loss, _best = [], None
for _ in range(12):
    _order = np.random.permutation(len(_owners))
    for _k in range(0, len(_order) - 127, 128):
        _some = _order[_k : _k + 128]
        step(tf.constant(train_features[_owners[_some]]), tf.constant(_tokens[_some]))
    valid_loss.append(loss_per_word(decoder))
    if valid_loss[-1] == min(valid_loss):
        _best = decoder.get_weights()
    optimizer.learning_rate.assign(optimizer.learning_rate * 0.8)
decoder.set_weights(_best)
