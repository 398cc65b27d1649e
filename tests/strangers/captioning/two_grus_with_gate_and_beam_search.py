# written from: captioning.ipynb as released, nothing else
# declares: right
# design: two GRU layers started by the picture and gated by it, clipped Adam with cosine rate, beam search of three side by side, inverse-CDF sampling in numpy
# %% split_sentence
def split_sentence(sentence):
    """The words of a sentence (a text), lower case, in their order: a list of texts."""
    return re.findall(r"[^\W_]+", sentence.lower())
# %% generate_vocabulary
def generate_vocabulary(train_captions):
    """Which index each word has.

    train_captions: a list with a list of texts for each picture (their numbers may differ).
    Returns a dict: text -> int, with the words that come at least 5 times, PAD, UNK, START and END.
    """
    seen = Counter(word for texts in train_captions for text in texts for word in split_sentence(text))
    known = [word for word, times in seen.most_common() if times >= 5]
    return {token: index for index, token in enumerate([PAD, UNK, START, END] + known)}
# %% caption_tokens_to_indices
def caption_tokens_to_indices(captions, vocab):
    """Captions as indices.

    captions: a list with a list of texts for each picture
    vocab: dict, text -> int
    Returns the same lists with a list of int in the place of each text, START and END included.
    """

    def indexed(text):
        inner = [vocab.get(word, vocab[UNK]) for word in split_sentence(text)]
        return [vocab[START], *inner, vocab[END]]

    return [[indexed(text) for text in texts] for texts in captions]
# %% batch_captions_to_matrix
def batch_captions_to_matrix(batch_captions, pad_idx, max_len=None):
    """Captions as rows of a matrix.

    batch_captions: list of n lists of int
    pad_idx: what fills up rows that are too short
    max_len: how many columns there are at the most
    Returns an integer array [n, columns].
    """
    columns = max((len(caption) for caption in batch_captions), default=0)
    if max_len is not None and max_len < columns:
        columns = max_len
    matrix = np.full((len(batch_captions), columns), pad_idx, dtype=np.int32)
    for row, caption in zip(matrix, batch_captions):
        kept = caption[:columns]
        row[: len(kept)] = kept
    return matrix
# %% encode
def encode(images):
    """Features of raw pictures.

    images: uint8 array [n, height, width, 3] of the encoder's size
    Returns a float32 array [n, d].
    """
    pixels = (np.asarray(images).astype(np.float32) - 127) / 128
    return encoder.predict(pixels, batch_size=64, verbose=0).astype(np.float32)
# %% make_decoder
def make_decoder(feature_size, vocab_size):
    """A new untrained decoder that meets the conditions above.

    feature_size: d, how many features a picture has
    vocab_size: V, how many words the vocabulary has
    Maps [features float32 [n, d], tokens int32 [n, T]] to logits [n, T, V].
    """
    layers = keras.layers
    units, narrow, drop = (256, 128, 0.3) if TIER == "full" else (128, 64, 0.1)

    picture = keras.Input((feature_size,), dtype="float32", name="features")
    said = keras.Input((None,), dtype="int32", name="tokens")

    seen = layers.LayerNormalization()(picture)
    seen = layers.Dropout(drop)(seen)
    seen = layers.Dense(2 * narrow, activation="gelu")(seen)

    words = layers.Embedding(vocab_size, narrow)(said)
    words = layers.Dropout(drop)(words)
    first = layers.GRU(units, return_sequences=True)(
        words, initial_state=layers.Dense(units, activation="tanh")(seen)
    )
    gate = layers.Reshape((1, units))(layers.Dense(units, activation="sigmoid")(seen))
    gated = layers.Multiply()([first, gate])
    second = layers.GRU(units, return_sequences=True)(
        gated, initial_state=layers.Dense(units, activation="tanh")(seen)
    )
    both = layers.Concatenate()([first, second])
    both = layers.Dropout(drop)(both)
    logits = layers.Dense(vocab_size)(layers.Dense(narrow)(both))
    return keras.Model([picture, said], logits)
# %% masked_loss
def masked_loss(logits, targets, pad_idx):
    """Mean cross-entropy of the words that are no padding.

    logits: float32 tensor [n, T, V]
    targets: integer tensor [n, T], pad_idx where there is no word
    Returns one number (a scalar tensor).
    """
    is_word = tf.not_equal(targets, tf.cast(pad_idx, targets.dtype))
    surprises = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.boolean_mask(targets, is_word), logits=tf.boolean_mask(logits, is_word)
    )
    return tf.reduce_mean(surprises)
# %% generate_batch
def generate_batch(features, indexed_captions, batch_size, pad_idx, max_len=None):
    """Random pictures, each with a random caption of its own.

    features: float32 array [n, d]
    indexed_captions: for each of the n pictures a list of lists of int
    batch_size: how many pictures, at most n; none comes twice
    pad_idx, max_len: as for batch_captions_to_matrix
    Returns features [batch_size, d] and captions [batch_size, columns], two arrays.
    """
    chosen = np.random.permutation(len(features))[:batch_size]
    texts = []
    for picture in chosen:
        own = indexed_captions[picture]
        texts.append(own[np.random.randint(len(own))])
    return features[chosen], batch_captions_to_matrix(texts, pad_idx, max_len)
# %% train_step
def train_step(decoder, optimizer, features, tokens, pad_idx):
    """Move the decoder's trainable weights one step down the slope of the masked loss.

    decoder: a Keras model, called as decoder([features, tokens])
    optimizer: a Keras optimiser for the decoder's trainable weights
    features: float32 tensor [n, d]
    tokens: int32 tensor [n, T], captions with START and END, filled up with pad_idx
    Returns the loss before the step (a scalar tensor).
    """
    reads, targets = tokens[:, :-1], tokens[:, 1:]
    with tf.GradientTape() as tape:
        loss = masked_loss(decoder([features, reads], training=True), targets, pad_idx)
    weights = decoder.trainable_weights
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return loss
# %% training
if TIER == "full":
    epochs, batch_size, width = 12, 100, 30
else:
    epochs, batch_size, width = 30, 50, 30

decoder = make_decoder(train_features.shape[1], len(vocab))
steps = -(-len(train_features) // batch_size)
adam = keras.optimizers.Adam(
    keras.optimizers.schedules.CosineDecay(0.004 if TIER != "full" else 0.0015, epochs * steps, alpha=0.02),
    clipnorm=1.0,
)
adam.build(decoder.trainable_weights)
compiled_step = tf.function(train_step)


def batch_of_fixed_width():
    x, rows = generate_batch(train_features, train_indexed, batch_size, vocab[PAD], max_len=width)
    rows = np.pad(rows, ((0, 0), (0, width - rows.shape[1])), constant_values=vocab[PAD])
    return tf.constant(x), tf.constant(rows, tf.int32)


valid_loss, best = [], None
for epoch in range(epochs):
    for _ in range(steps):
        compiled_step(decoder, adam, *batch_of_fixed_width(), vocab[PAD])
    valid_loss.append(float(loss_per_word(decoder)))
    if valid_loss[-1] == min(valid_loss):
        best = decoder.get_weights()
decoder.set_weights(best)
print("validation:", *[f"{value:.3f}" for value in valid_loss])
# %% generate_caption
def next_word_logits(features, tokens, place, at_a_time=256):
    """float64 [n, V]: what the decoder says at a place; words that are never written get minus infinity."""
    parts = []
    for begin in range(0, len(tokens), at_a_time):
        said = decoder.predict_on_batch([features[begin : begin + at_a_time], tokens[begin : begin + at_a_time]])
        parts.append(np.asarray(said)[:, place].astype(np.float64))
    logits = np.concatenate(parts)
    logits[:, [vocab[PAD], vocab[START], vocab[UNK]]] = -np.inf
    return logits


def log_probabilities(logits):
    lowered = logits - logits.max(axis=-1, keepdims=True)
    return lowered - np.log(np.exp(lowered).sum(axis=-1, keepdims=True))


def beam_captions(features, beams=3):
    """Rows of tokens [n, MAX_LEN + 1]: the likeliest whole captions found, by mean surprise per word."""
    n, size = len(features), len(vocab)
    tokens = np.full((n, beams, MAX_LEN + 1), vocab[PAD], dtype=np.int32)
    tokens[:, :, 0] = vocab[START]
    scores = np.full((n, beams), -np.inf)
    scores[:, 0] = 0  # at first all beams are the same one
    ended, lengths = np.zeros((n, beams), bool), np.ones((n, beams))
    seen = np.repeat(features, beams, axis=0)
    everyone = np.arange(n)[:, None]

    for place in range(MAX_LEN):
        logits = next_word_logits(seen, tokens.reshape(n * beams, -1), place)
        if place == 0:
            logits[:, vocab[END]] = -np.inf
        gains = log_probabilities(logits).reshape(n, beams, size)
        gains[ended] = -np.inf
        gains[ended, vocab[PAD]] = 0  # who has ended goes on with nothing, at no cost
        totals = (scores[:, :, None] + gains).reshape(n, beams * size)
        best = np.argsort(-totals, axis=1, kind="stable")[:, :beams]
        parent, word = best // size, best % size
        scores = np.take_along_axis(totals, best, axis=1)
        tokens = tokens[everyone, parent]
        tokens[:, :, place + 1] = word
        lengths = lengths[everyone, parent] + ~ended[everyone, parent]
        ended = ended[everyone, parent] | (word == vocab[END])
        if ended.all():
            break
    winner = (scores / lengths).argmax(axis=1)
    return tokens[np.arange(n), winner]


def drawn_captions(features, temperature):
    n = len(features)
    tokens = np.full((n, MAX_LEN + 1), vocab[PAD], dtype=np.int32)
    tokens[:, 0] = vocab[START]
    ended = np.zeros(n, bool)
    for place in range(MAX_LEN):
        p = np.exp(log_probabilities(next_word_logits(features, tokens, place) / temperature))
        heights = np.cumsum(p, axis=1)
        darts = np.random.random((n, 1)) * heights[:, -1:]
        word = (heights <= darts).sum(axis=1)
        tokens[:, place + 1] = np.where(ended, vocab[PAD], word)
        ended |= word == vocab[END]
        if ended.all():
            break
    return tokens


def generate_caption(features, temperature=None):
    """Captions for pictures, written by `decoder`.

    features: float32 array [n, d]
    temperature: None for the best captions, the same each time; else a positive number
    Returns a list of n texts: words with spaces between them, without START, END and PAD.
    """
    features = np.asarray(features, dtype=np.float32)
    if len(features) == 0:
        return []
    rows = beam_captions(features) if temperature is None else drawn_captions(features, temperature)
    word_of = {index: word for word, index in vocab.items()}
    texts = []
    for row in rows:
        words = []
        for index in row[1:]:
            if index in (vocab[END], vocab[PAD]):
                break
            words.append(word_of[index])
        texts.append(" ".join(words))
    return texts
