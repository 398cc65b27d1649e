# written from: captioning.ipynb as released, nothing else
# declares: wrong
# mistake: END is left out of the text like the other marks, but the caption is not cut there: what the decoder says after END is written too
# at: generate_caption :         kept = [index for index in row if index not in marks]
# should cost: generate_caption (BLEU of the captions, and with it the other results of part 5)
# %% split_sentence
def split_sentence(sentence):
    """The words of a sentence (a text), lower case, in their order: a list of texts."""
    return [word for word in re.split(r"[\W_]+", sentence.lower()) if word]
# %% generate_vocabulary
def generate_vocabulary(train_captions):
    """Which index each word has.

    train_captions: a list with a list of texts for each picture (their numbers may differ).
    Returns a dict: text -> int, with the words that come at least 5 times, PAD, UNK, START and END.
    """
    counter = Counter()
    for captions in train_captions:
        for caption in captions:
            counter.update(split_sentence(caption))
    vocab = {PAD: 0, UNK: 1, START: 2, END: 3}
    for word in sorted(counter):
        if counter[word] >= 5:
            vocab[word] = len(vocab)
    return vocab
# %% caption_tokens_to_indices
def caption_tokens_to_indices(captions, vocab):
    """Captions as indices.

    captions: a list with a list of texts for each picture
    vocab: dict, text -> int
    Returns the same lists with a list of int in the place of each text, START and END included.
    """
    unk = vocab[UNK]
    return [
        [[vocab[START]] + [vocab.get(w, unk) for w in split_sentence(caption)] + [vocab[END]] for caption in five]
        for five in captions
    ]
# %% batch_captions_to_matrix
def batch_captions_to_matrix(batch_captions, pad_idx, max_len=None):
    """Captions as rows of a matrix.

    batch_captions: list of n lists of int
    pad_idx: what fills up rows that are too short
    max_len: how many columns there are at the most
    Returns an integer array [n, columns].
    """
    columns = max(len(caption) for caption in batch_captions)
    if max_len is not None:
        columns = min(columns, max_len)
    matrix = pad_idx * np.ones((len(batch_captions), columns), dtype=np.int32)
    for i, caption in enumerate(batch_captions):
        for j, index in enumerate(caption[:columns]):
            matrix[i, j] = index
    return matrix
# %% encode
def encode(images):
    """Features of raw pictures.

    images: uint8 array [n, height, width, 3] of the encoder's size
    Returns a float32 array [n, d].
    """
    return encoder.predict((np.float32(images) - 127) / 128, batch_size=100, verbose=0)
# %% make_decoder
def make_decoder(feature_size, vocab_size):
    """A new untrained decoder that meets the conditions above.

    feature_size: d, how many features a picture has
    vocab_size: V, how many words the vocabulary has
    Maps [features float32 [n, d], tokens int32 [n, T]] to logits [n, T, V].
    """
    units, small, drop = (300, 120, 0.3) if TIER == "full" else (160, 64, 0.1)
    features = keras.Input((feature_size,))
    tokens = keras.Input((None,), dtype="int32")
    image = keras.layers.Dropout(drop)(features)
    image = keras.layers.Dense(small, activation="relu")(image)
    word = keras.layers.Embedding(vocab_size, small)(tokens)
    both = keras.layers.Add()([word, keras.layers.Reshape((1, small))(keras.layers.Dense(small)(image))])
    both = keras.layers.Dropout(drop)(both)
    state = keras.layers.GRU(units, return_sequences=True)(both, initial_state=keras.layers.Dense(units)(image))
    state = keras.layers.Dropout(drop)(state)
    out = keras.layers.Dense(small, activation="tanh")(state)
    return keras.Model(inputs=[features, tokens], outputs=keras.layers.Dense(vocab_size)(out))
# %% masked_loss
def masked_loss(logits, targets, pad_idx):
    """Mean cross-entropy of the words that are no padding.

    logits: float32 tensor [n, T, V]
    targets: integer tensor [n, T], pad_idx where there is no word
    Returns one number (a scalar tensor).
    """
    mask = tf.cast(tf.not_equal(targets, pad_idx), tf.float32)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    return tf.reduce_sum(losses * mask) / tf.reduce_sum(mask)
# %% generate_batch
def generate_batch(features, indexed_captions, batch_size, pad_idx, max_len=None):
    """Random pictures, each with a random caption of its own.

    features: float32 array [n, d]
    indexed_captions: for each of the n pictures a list of lists of int
    batch_size: how many pictures, at most n; none comes twice
    pad_idx, max_len: as for batch_captions_to_matrix
    Returns features [batch_size, d] and captions [batch_size, columns], two arrays.
    """
    index = np.random.choice(len(features), batch_size, replace=False)
    captions = []
    for i in index:
        captions.append(indexed_captions[i][np.random.choice(len(indexed_captions[i]))])
    return features[index], batch_captions_to_matrix(captions, pad_idx, max_len)
# %% train_step
def train_step(decoder, optimizer, features, tokens, pad_idx):
    """Move the decoder's trainable weights one step down the slope of the masked loss.

    decoder: a Keras model, called as decoder([features, tokens])
    optimizer: a Keras optimiser for the decoder's trainable weights
    features: float32 tensor [n, d]
    tokens: int32 tensor [n, T], captions with START and END, filled up with pad_idx
    Returns the loss before the step (a scalar tensor).
    """
    with tf.GradientTape() as tape:
        logits = decoder([features, tokens[:, :-1]], training=True)
        loss = masked_loss(logits, tokens[:, 1:], pad_idx)
    gradients = tape.gradient(loss, decoder.trainable_weights)
    optimizer.apply_gradients(zip(gradients, decoder.trainable_weights))
    return loss
# %% training
EPOCHS, BATCH, COLUMNS = (12, 64, 30) if TIER == "full" else (26, 64, 30)
STEPS = int(np.ceil(len(train_features) / BATCH))
RATE = 0.002 if TIER == "full" else 0.005

decoder = make_decoder(train_features.shape[1], len(vocab))
optimizer = keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(RATE, EPOCHS * STEPS, 0.08))
optimizer.build(decoder.trainable_weights)
step = tf.function(train_step)

valid_loss, best_weights = [], None
for epoch in range(EPOCHS):
    for _ in range(STEPS):
        x, t = generate_batch(train_features, train_indexed, BATCH, vocab[PAD], COLUMNS)
        t = np.concatenate([t, np.full((BATCH, COLUMNS - t.shape[1]), vocab[PAD], t.dtype)], axis=1)
        step(decoder, optimizer, tf.constant(x), tf.constant(t), vocab[PAD])
    valid_loss.append(float(loss_per_word(decoder)))
    if valid_loss[-1] <= min(valid_loss):
        best_weights = decoder.get_weights()
decoder.set_weights(best_weights)
# %% generate_caption
def generate_caption(features, temperature=None):
    """Captions for pictures, written by `decoder`.

    features: float32 array [n, d]
    temperature: None for the best captions, the same each time; else a positive number
    Returns a list of n texts: words with spaces between them, without START, END and PAD.
    """
    n = len(features)
    matrix = np.full((n, MAX_LEN + 1), vocab[PAD], dtype=np.int32)
    matrix[:, 0] = vocab[START]
    for t in range(MAX_LEN):
        logits = np.concatenate(
            [
                np.asarray(decoder.predict_on_batch([features[k : k + 200], matrix[k : k + 200]]))[:, t]
                for k in range(0, n, 200)
            ]
        ).astype(np.float64)
        logits[:, [vocab[PAD], vocab[START], vocab[UNK]]] = -1e9
        if temperature is None:
            matrix[:, t + 1] = logits.argmax(axis=1)
        else:
            z = logits / temperature
            p = np.exp(z - z.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            matrix[:, t + 1] = [np.random.choice(len(vocab), p=row) for row in p]
    words = {index: word for word, index in vocab.items()}
    marks = {vocab[PAD], vocab[START], vocab[UNK], vocab[END]}
    texts = []
    for row in matrix[:, 1:].tolist():
        kept = [index for index in row if index not in marks]
        texts.append(" ".join(words[index] for index in kept))
    return texts
