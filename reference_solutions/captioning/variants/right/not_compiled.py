# title: steps that are not compiled

# %% training
EPOCHS, BATCH, RATE = (32, 64, 2e-3) if TIER == "full" else (24, 64, 4e-3)
COLUMNS = 22  # START, words, END

decoder = make_decoder(train_features.shape[1], len(vocab))
steps = len(train_features) // BATCH + 1
falling = keras.optimizers.schedules.CosineDecay(RATE, EPOCHS * steps, alpha=0.1)
optimizer = keras.optimizers.Adam(falling, clipnorm=5.0)
optimizer.build(decoder.trainable_weights)


def compiled_step(features, tokens):
    return train_step(decoder, optimizer, features, tokens, vocab[PAD])


valid_loss, best = [], None
for _ in range(EPOCHS):
    for _ in range(steps):
        some, captions = generate_batch(train_features, train_indexed, BATCH, vocab[PAD], COLUMNS)
        tokens = np.full((BATCH, COLUMNS), vocab[PAD], dtype=np.int32)
        tokens[:, : captions.shape[1]] = captions
        compiled_step(tf.constant(some), tf.constant(tokens))
    valid_loss.append(loss_per_word(decoder))
    if valid_loss[-1] == min(valid_loss):
        best = decoder.get_weights()
decoder.set_weights(best)
print("validation loss", *(f"{value:.3f}" for value in valid_loss))

# %% generate_caption
BEAM = 3 if TIER == "full" else 1


def next_logits(features, tokens, place):
    logits = tf.cast(decoder([features, tokens], training=False), tf.float32)
    never = tf.one_hot([vocab[mark] for mark in (PAD, UNK, START)], logits.shape[-1])
    return tf.gather(logits, place, axis=1) - 1e9 * tf.reduce_sum(never, axis=0)


def as_text(row):
    words = []
    for k in row[1:]:
        if k == vocab[END]:
            break
        words.append(word_of[int(k)])
    return " ".join(words)


word_of = {k: word for word, k in vocab.items()}


def generate_caption(features, temperature=None):
    """Captions for pictures, written by `decoder`.

    features: float32 array [n, d]
    temperature: None for the best captions, the same each time; else a positive number
    Returns a list of n texts: words with spaces between them, without START, END and PAD.
    """
    features = np.asarray(features, dtype=np.float32)
    found = []
    for k in range(0, len(features), 100):
        found += write(features[k : k + 100], temperature)
    return found


def write(features, temperature):
    n, width = len(features), BEAM if temperature is None else 1
    repeated = tf.constant(np.repeat(features, width, axis=0))
    tokens = np.full((n * width, MAX_LEN + 1), vocab[PAD], dtype=np.int32)
    tokens[:, 0] = vocab[START]
    scores = np.where(np.arange(n * width) % width == 0, 0.0, -1e9)
    done = np.zeros(n * width, dtype=bool)
    for t in range(MAX_LEN):
        logits = next_logits(repeated, tf.constant(tokens), tf.constant(t)).numpy()
        if temperature is not None:
            chance = np.random.gumbel(size=logits.shape)
            words = (logits / temperature + chance).argmax(axis=1)
            tokens[:, t + 1] = np.where(done, vocab[PAD], words)
            done |= tokens[:, t + 1] == vocab[END]
        else:
            tokens, scores, done = widen(tokens, scores, done, logits, t)
        if done.all():
            break
    if temperature is None:
        lengths = (tokens != vocab[PAD]).sum(axis=1)
        best = (scores / lengths).reshape(n, width).argmax(axis=1) + width * np.arange(n)
        tokens = tokens[best]
    return [as_text(row) for row in tokens]


def widen(tokens, scores, done, logits, t):
    """The BEAM likeliest beginnings of each picture that are one word longer."""
    logs = logits - logits.max(axis=1, keepdims=True)
    logs -= np.log(np.exp(logs).sum(axis=1, keepdims=True))
    logs[done] = -1e9
    logs[done, vocab[PAD]] = 0.0
    size = logs.shape[1]
    total = (scores[:, None] + logs).reshape(-1, BEAM * size)
    top = np.argpartition(-total, BEAM, axis=1)[:, :BEAM]
    rows = (top // size + BEAM * np.arange(len(top))[:, None]).ravel()
    words = (top % size).ravel()
    tokens = tokens[rows].copy()
    tokens[:, t + 1] = words
    scores = np.take_along_axis(total, top, axis=1).ravel()
    return tokens, scores, done[rows] | (words == vocab[END])
