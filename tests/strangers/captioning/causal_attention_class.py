# written from: captioning.ipynb as released, nothing else
# declares: right
# design: no recurrence: a class with causal self-attention and attention to the picture, own logsumexp loss, step-wise rate, greedy writing, sampling by Gumbel noise
# %% split_sentence
def split_sentence(sentence):
    """The words of a sentence (a text), lower case, in their order: a list of texts."""
    only_words = "".join(sign if sign.isalnum() else " " for sign in sentence)
    return only_words.lower().split()
# %% generate_vocabulary
def generate_vocabulary(train_captions):
    """Which index each word has.

    train_captions: a list with a list of texts for each picture (their numbers may differ).
    Returns a dict: text -> int, with the words that come at least 5 times, PAD, UNK, START and END.
    """
    times = {}
    for texts in train_captions:
        for text in texts:
            for word in split_sentence(text):
                times[word] = times.get(word, 0) + 1
    frequent = sorted(word for word in times if times[word] >= 5)
    entries = frequent + [START, END, UNK, PAD]
    return dict(zip(entries, range(len(entries))))
# %% caption_tokens_to_indices
def caption_tokens_to_indices(captions, vocab):
    """Captions as indices.

    captions: a list with a list of texts for each picture
    vocab: dict, text -> int
    Returns the same lists with a list of int in the place of each text, START and END included.
    """
    result = []
    for texts in captions:
        of_this_picture = []
        for text in texts:
            row = [vocab[START]]
            for word in split_sentence(text):
                row.append(vocab[word] if word in vocab else vocab[UNK])
            row.append(vocab[END])
            of_this_picture.append(row)
        result.append(of_this_picture)
    return result
# %% batch_captions_to_matrix
def batch_captions_to_matrix(batch_captions, pad_idx, max_len=None):
    """Captions as rows of a matrix.

    batch_captions: list of n lists of int
    pad_idx: what fills up rows that are too short
    max_len: how many columns there are at the most
    Returns an integer array [n, columns].
    """
    cut = [list(caption) if max_len is None else list(caption)[:max_len] for caption in batch_captions]
    widest = max(map(len, cut))
    return np.array([row + [pad_idx] * (widest - len(row)) for row in cut], dtype=int).reshape(len(cut), widest)
# %% encode
def encode(images):
    """Features of raw pictures.

    images: uint8 array [n, height, width, 3] of the encoder's size
    Returns a float32 array [n, d].
    """
    found = []
    for begin in range(0, len(images), 50):
        some = tf.cast(images[begin : begin + 50], tf.float32)
        found.append(encoder((some - 127.0) / 128.0, training=False).numpy())
    return np.concatenate(found).astype("float32")
# %% make_decoder
class AttentionBlock(keras.layers.Layer):
    """Looks at the words so far, at the picture, and thinks; each time added to what was there."""

    def __init__(self, size, heads, dropout, **kwargs):
        super().__init__(**kwargs)
        layers = keras.layers
        self.norms = [layers.LayerNormalization(epsilon=1e-5) for _ in range(3)]
        self.to_words = layers.MultiHeadAttention(heads, size // heads)
        self.to_picture = layers.MultiHeadAttention(heads, size // heads)
        self.wide, self.narrow = layers.Dense(3 * size, activation="gelu"), layers.Dense(size)
        self.drop = layers.Dropout(dropout)

    def call(self, h, slots, training=None):
        a = self.norms[0](h)
        h = h + self.drop(self.to_words(a, a, use_causal_mask=True), training=training)
        h = h + self.drop(self.to_picture(self.norms[1](h), slots), training=training)
        return h + self.drop(self.narrow(self.wide(self.norms[2](h))), training=training)


class AttentionDecoder(keras.Model):
    def __init__(self, feature_size, vocab_size, size, heads, blocks, dropout, **kwargs):
        super().__init__(**kwargs)
        layers = keras.layers
        self.size = size
        self.embed = layers.Embedding(vocab_size, size)
        self.picture_norm = layers.LayerNormalization()
        self.picture_drop = layers.Dropout(dropout)
        self.bottleneck = layers.Dense(size, activation="relu")
        self.slots = layers.Dense(4 * size)
        self.as_slots = layers.Reshape((4, size))
        self.blocks = [AttentionBlock(size, heads, dropout) for _ in range(blocks)]
        self.last_norm = layers.LayerNormalization()
        self.drop = layers.Dropout(dropout)
        self.logits = layers.Dense(vocab_size)

    def places(self, count):
        """Sines and cosines [count, size]: a mark for each place, for any number of places."""
        rates = tf.exp(tf.range(0, self.size // 2, dtype=tf.float32) * (-np.log(1000.0) / (self.size // 2)))
        angles = tf.cast(tf.range(count), tf.float32)[:, None] * rates[None]
        return tf.concat([tf.sin(angles), tf.cos(angles)], axis=1)

    def call(self, inputs, training=None):
        features, tokens = inputs
        seen = self.picture_drop(self.picture_norm(features), training=training)
        slots = self.as_slots(self.slots(self.bottleneck(seen)))
        h = 5.0 * self.embed(tokens) + 0.5 * self.places(tf.shape(tokens)[1])[None]
        h = self.drop(h, training=training)
        for block in self.blocks:
            h = block(h, slots, training=training)
        return self.logits(self.drop(self.last_norm(h), training=training))


def make_decoder(feature_size, vocab_size):
    """A new untrained decoder that meets the conditions above.

    feature_size: d, how many features a picture has
    vocab_size: V, how many words the vocabulary has
    Maps [features float32 [n, d], tokens int32 [n, T]] to logits [n, T, V].
    """
    if TIER == "full":
        net = AttentionDecoder(feature_size, vocab_size, size=256, heads=4, blocks=3, dropout=0.3)
    else:
        net = AttentionDecoder(feature_size, vocab_size, size=96, heads=4, blocks=2, dropout=0.1)
    # one call makes all weights
    net([tf.zeros((1, feature_size)), tf.zeros((1, 2), tf.int32)], training=False)
    return net
# %% masked_loss
def masked_loss(logits, targets, pad_idx):
    """Mean cross-entropy of the words that are no padding.

    logits: float32 tensor [n, T, V]
    targets: integer tensor [n, T], pad_idx where there is no word
    Returns one number (a scalar tensor).
    """
    logits, targets = tf.convert_to_tensor(logits), tf.cast(targets, tf.int32)
    counts = targets != pad_idx
    safe_targets = tf.where(counts, targets, 0)
    cost = tf.reduce_logsumexp(logits, axis=2) - tf.gather(logits, safe_targets, axis=2, batch_dims=2)
    cost = tf.where(counts, cost, 0.0)
    return tf.reduce_sum(cost) / tf.reduce_sum(tf.cast(counts, cost.dtype))
# %% generate_batch
def generate_batch(features, indexed_captions, batch_size, pad_idx, max_len=None):
    """Random pictures, each with a random caption of its own.

    features: float32 array [n, d]
    indexed_captions: for each of the n pictures a list of lists of int
    batch_size: how many pictures, at most n; none comes twice
    pad_idx, max_len: as for batch_captions_to_matrix
    Returns features [batch_size, d] and captions [batch_size, columns], two arrays.
    """
    who = np.random.choice(len(indexed_captions), size=batch_size, replace=False)
    which = [int(np.random.random() * len(indexed_captions[k])) for k in who]
    captions = [indexed_captions[k][j] for k, j in zip(who, which)]
    return np.take(features, who, axis=0), batch_captions_to_matrix(captions, pad_idx, max_len=max_len)
# %% train_step
def train_step(decoder, optimizer, features, tokens, pad_idx):
    """Move the decoder's trainable weights one step down the slope of the masked loss.

    decoder: a Keras model, called as decoder([features, tokens])
    optimizer: a Keras optimiser for the decoder's trainable weights
    features: float32 tensor [n, d]
    tokens: int32 tensor [n, T], captions with START and END, filled up with pad_idx
    Returns the loss before the step (a scalar tensor).
    """
    tokens = tf.convert_to_tensor(tokens)
    with tf.GradientTape() as tape:
        said = decoder([features, tokens[:, : tf.shape(tokens)[1] - 1]], training=True)
        loss = masked_loss(said, tokens[:, 1:], pad_idx)
    slopes = tape.gradient(loss, decoder.trainable_variables)
    optimizer.apply_gradients(zip(slopes, decoder.trainable_variables))
    return loss
# %% training
class Trainer:
    """Trains for some epochs with a rate that rises, then falls in a line; goes back to the best epoch."""

    def __init__(self, net, epochs, batch, top_rate, columns):
        self.net, self.epochs, self.batch, self.top_rate, self.columns = net, epochs, batch, top_rate, columns
        self.optimizer = keras.optimizers.Adam(top_rate, beta_2=0.98)
        self.optimizer.build(net.trainable_variables)
        pad = vocab[PAD]
        self.step = tf.function(lambda x, t: train_step(self.net, self.optimizer, x, t, pad))

    def one_batch(self):
        x, t = generate_batch(train_features, train_indexed, self.batch, vocab[PAD], self.columns)
        full = np.full((self.batch, self.columns), vocab[PAD], np.int32)
        full[:, : t.shape[1]] = t
        return tf.constant(x), tf.constant(full)

    def run(self):
        losses, kept = [], None
        steps = int(np.ceil(len(train_features) / self.batch))
        total, done = self.epochs * steps, 0
        for _ in range(self.epochs):
            for _ in range(steps):
                done += 1
                warm = min(1.0, done / (2 * steps))
                self.optimizer.learning_rate.assign(self.top_rate * warm * (1.02 - done / total))
                self.step(*self.one_batch())
            losses.append(float(loss_per_word(self.net)))
            if kept is None or losses[-1] < kept[0]:
                kept = losses[-1], self.net.get_weights()
        self.net.set_weights(kept[1])
        return losses


decoder = make_decoder(train_features.shape[1], len(vocab))
if TIER == "full":
    trainer = Trainer(decoder, epochs=12, batch=128, top_rate=0.0008, columns=28)
else:
    trainer = Trainer(decoder, epochs=32, batch=64, top_rate=0.003, columns=30)
valid_loss = trainer.run()
print("losses on the validation side:", np.round(valid_loss, 3))
# %% generate_caption
def generate_caption(features, temperature=None):
    """Captions for pictures, written by `decoder`.

    features: float32 array [n, d]
    temperature: None for the best captions, the same each time; else a positive number
    Returns a list of n texts: words with spaces between them, without START, END and PAD.
    """
    names = [word for word, _ in sorted(vocab.items(), key=lambda item: item[1])]
    never = np.zeros(len(vocab), np.float32)
    never[[vocab[PAD], vocab[START], vocab[UNK]]] = -np.inf

    def write(pictures):
        rows = np.full((len(pictures), MAX_LEN + 1), vocab[PAD], np.int32)
        rows[:, 0] = vocab[START]
        writing = np.ones(len(pictures), bool)
        for t in range(MAX_LEN):
            z = decoder.predict([pictures, rows], batch_size=len(pictures), verbose=0)[:, t] + never
            if t == 0:
                z[:, vocab[END]] = -np.inf  # no empty captions
            if temperature is not None:
                # the largest of z / temperature + Gumbel noise is a draw from the softmax
                z = z / temperature + np.random.gumbel(size=z.shape)
            rows[writing, t + 1] = z.argmax(axis=1)[writing]
            writing &= rows[:, t + 1] != vocab[END]
            if not writing.any():
                break
        return rows[:, 1:]

    texts = []
    for begin in range(0, len(features), 250):
        for row in write(np.asarray(features[begin : begin + 250], np.float32)):
            stop = [k for k, index in enumerate(row) if index in (vocab[END], vocab[PAD])] + [MAX_LEN]
            texts.append(" ".join(names[index] for index in row[: stop[0]]))
    return texts
