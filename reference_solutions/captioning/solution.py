# %% [markdown]
# # Final project, sentences for pictures: the reference solution
#
# Each cell that is headed by a `grade_id` is the whole answer cell as it stands in the notebook.
# Cells without an id are here for the reader only and go nowhere.

# %% [markdown]
# ## From sentences to numbers


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
    counts = Counter()
    for captions in train_captions:
        for caption in captions:
            counts.update(split_sentence(caption))
    frequent = sorted(word for word, count in counts.items() if count >= 5)
    return {word: k for k, word in enumerate([PAD, UNK, START, END, *frequent])}


# %% caption_tokens_to_indices
def caption_tokens_to_indices(captions, vocab):
    """Captions as indices.

    captions: a list with a list of texts for each picture
    vocab: dict, text -> int
    Returns the same lists with a list of int in the place of each text, START and END included.
    """

    def indices(caption):
        words = [vocab.get(word, vocab[UNK]) for word in split_sentence(caption)]
        return [vocab[START], *words, vocab[END]]

    return [[indices(caption) for caption in of_picture] for of_picture in captions]


# %% batch_captions_to_matrix
def batch_captions_to_matrix(batch_captions, pad_idx, max_len=None):
    """Captions as rows of a matrix.

    batch_captions: list of n lists of int
    pad_idx: what fills up rows that are too short
    max_len: how many columns there are at the most
    Returns an integer array [n, columns].
    """
    columns = max(map(len, batch_captions))
    columns = columns if max_len is None else min(max_len, columns)
    matrix = np.full((len(batch_captions), columns), pad_idx, dtype=np.int32)
    for row, caption in zip(matrix, batch_captions, strict=True):
        row[: len(caption)] = caption[:columns]
    return matrix


# %% [markdown]
# ## From pictures to features


# %% encode
def encode(images):
    """Features of raw pictures.

    images: uint8 array [n, height, width, 3] of the encoder's size
    Returns a float32 array [n, d].
    """
    prepared = (np.asarray(images, dtype=np.float32) - 127) / 128
    return encoder.predict(prepared, batch_size=100, verbose=0)


# %% [markdown]
# ## The decoder
#
# The image is where the LSTM begins, and is added to each word: carried along in its state alone,
# it takes twice as long to be used. Without dropout photographs are learnt by heart.


# %% make_decoder
def make_decoder(feature_size, vocab_size):
    """A new untrained decoder that meets the conditions above.

    feature_size: d, how many features a picture has
    vocab_size: V, how many words the vocabulary has
    Maps [features float32 [n, d], tokens int32 [n, T]] to logits [n, T, V].
    """
    layers = keras.layers
    sizes = (120, 100, 300, 0.4) if TIER == "full" else (64, 48, 96, 0.1)
    bottleneck, embedding, units, rate = sizes
    features = keras.Input((feature_size,))
    tokens = keras.Input((None,), dtype="int32")
    image = layers.Dense(bottleneck, activation="elu")(layers.Dropout(rate)(features))
    start = [layers.Dense(units, activation="tanh")(image) for _ in "hc"]
    seen = layers.Reshape((1, embedding))(layers.Dense(embedding)(image))
    words = layers.Add()([layers.Embedding(vocab_size, embedding)(tokens), seen])
    words = layers.Dropout(rate)(words)
    states = layers.LSTM(units, return_sequences=True)(words, initial_state=start)
    narrow = layers.Dense(bottleneck, activation="elu")(layers.Dropout(rate)(states))
    return keras.Model([features, tokens], layers.Dense(vocab_size)(narrow))


# %% masked_loss
def masked_loss(logits, targets, pad_idx):
    """Mean cross-entropy of the words that are no padding.

    logits: float32 tensor [n, T, V]
    targets: integer tensor [n, T], pad_idx where there is no word
    Returns one number (a scalar tensor).
    """
    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
    real = tf.cast(targets != pad_idx, entropy.dtype)
    return tf.reduce_sum(entropy * real) / tf.reduce_sum(real)


# %% [markdown]
# ## Training


# %% generate_batch
def generate_batch(features, indexed_captions, batch_size, pad_idx, max_len=None):
    """Random pictures, each with a random caption of its own.

    features: float32 array [n, d]
    indexed_captions: for each of the n pictures a list of lists of int
    batch_size: how many pictures, at most n; none comes twice
    pad_idx, max_len: as for batch_captions_to_matrix
    Returns features [batch_size, d] and captions [batch_size, columns], two arrays.
    """
    chosen = np.random.choice(len(features), batch_size, replace=False)
    captions = [indexed_captions[k][np.random.randint(len(indexed_captions[k]))] for k in chosen]
    return features[chosen], batch_captions_to_matrix(captions, pad_idx, max_len)


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
    weights = decoder.trainable_weights
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
    return loss


# %% training
EPOCHS, BATCH, RATE = (32, 64, 2e-3) if TIER == "full" else (24, 64, 4e-3)
COLUMNS = 22  # START, words, END

decoder = make_decoder(train_features.shape[1], len(vocab))
steps = len(train_features) // BATCH + 1
falling = keras.optimizers.schedules.CosineDecay(RATE, EPOCHS * steps, alpha=0.1)
optimizer = keras.optimizers.Adam(falling, clipnorm=5.0)
optimizer.build(decoder.trainable_weights)


@tf.function(autograph=False)
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

# %% [markdown]
# ## Captions
#
# A beam, of one (greedy) for the small set; each beginning counts by its mean log-probability, or
# short ones would win.


# %% generate_caption
BEAM = 3 if TIER == "full" else 1


@tf.function(reduce_retracing=True, autograph=False)
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


# %% [markdown] captions_in_words
# **What goes wrong when a decoder reads itself, and what does BLEU not see?**
#
# In training every beginning is right, for people wrote it. When the decoder writes, it goes on
# from words of its own: one odd word leads to beginnings that it has never seen, and it stumbles
# on, repeats itself ("a dog and a dog and a dog") or ends too soon. The likeliest word at each
# place also makes captions alike: what suits many pictures is safe.
#
# "Two puppies romp across a lawn" may be right and shares no pair of words with "dogs are playing
# in the grass"; "a man in a red shirt is standing" gets most of its words and triples right where
# the man is a woman and sits. A decoder that does not look is noticed at once when captions change
# their pictures: BLEU stays what it was. Next words would hardly show it, since most of them
# follow from grammar.
