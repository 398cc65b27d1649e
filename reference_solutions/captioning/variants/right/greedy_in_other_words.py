# title: greedy captions, a vocabulary in another order, a loss by boolean mask

# %% generate_vocabulary
def generate_vocabulary(train_captions):
    counts = {}
    for captions in train_captions:
        for sentence in captions:
            for word in split_sentence(sentence):
                counts[word] = counts.get(word, 0) + 1
    vocab = {}
    for word in counts:
        if counts[word] >= 5:
            vocab[word] = len(vocab)
    for mark in (END, START, UNK, PAD):
        vocab[mark] = len(vocab)
    return vocab


# %% masked_loss
def masked_loss(logits, targets, pad_idx):
    flat = tf.reshape(logits, (-1, logits.shape[-1]))
    wanted = tf.reshape(targets, (-1,))
    real = tf.not_equal(wanted, pad_idx)
    return tf.reduce_mean(
        keras.losses.sparse_categorical_crossentropy(
            tf.boolean_mask(wanted, real), tf.boolean_mask(flat, real), from_logits=True
        )
    )

# %% generate_caption
word_of = {k: w for w, k in vocab.items()}


@tf.function(reduce_retracing=True)
def say(x, t):
    return decoder([x, t], training=False)


def generate_caption(features, temperature=None):
    x = tf.constant(np.asarray(features, np.float32))
    tokens = np.full((len(features), MAX_LEN + 1), vocab[PAD], np.int32)
    tokens[:, 0] = vocab[START]
    for t in range(MAX_LEN):
        z = say(x, tf.constant(tokens)).numpy()[:, t].astype(float)
        z[:, [vocab[PAD], vocab[START], vocab[UNK]]] = -1e9
        if temperature is not None:
            p = np.exp((z - z.max(axis=1, keepdims=True)) / temperature)
            p /= p.sum(axis=1, keepdims=True)
            tokens[:, t + 1] = [np.random.choice(len(row), p=row) for row in p]
        else:
            tokens[:, t + 1] = z.argmax(axis=1)
    texts = []
    for row in tokens.tolist():
        row = row[1:]
        row = row[: row.index(vocab[END])] if vocab[END] in row else row
        texts.append(" ".join(word_of[k] for k in row))
    return texts
