# written from: names_rnn.ipynb as released, nothing else
# declares: wrong
# mistake: the attention on top of the language model's GRU has no causal mask, so what it says at a place rests on later places too
# at: language_model : looked = keras.layers.MultiHeadAttention(num_heads=2, key_dim=32)(states, states)
# should cost: language_model

# %% to_matrix
def to_matrix(names, max_len=None):
    """Names as rows of numbers.

    names: list of n texts of small letters a to z, at least one; a text may be empty
    max_len: length of a row, at least 2; None: that of the longest name, and 2 more
    Returns int32 [n, max_len]: START, the letters, PAD.
    """
    length = max_len or max(map(len, names)) + 2
    result = np.full((len(names), length), PAD, np.int32)
    for row, name in zip(result, names):
        ids = [START] + [tokens.find(c) for c in name]
        row[: len(ids)] = ids[:length]
    return result

# %% rnn_one_step
class StackedStep(keras.layers.Layer):
    """Two plain tanh layers, one upon the other; the state holds both, side by side."""

    def __init__(self, size):
        super().__init__()
        self.size = size
        self.embed = keras.layers.Embedding(28, 16)
        self.first = keras.layers.Dense(size, activation="tanh")
        self.second = keras.layers.Dense(size, activation="tanh")
        self.out = keras.layers.Dense(28, activation="softmax")

    def call(self, x, state):
        one, two = state[:, : self.size], state[:, self.size :]
        one = self.first(tf.concat([self.embed(x), one], axis=1))
        two = self.second(tf.concat([one, two], axis=1))
        return self.out(tf.concat([one, two], axis=1)), tf.concat([one, two], axis=1)


one_step = StackedStep(112 if TIER == "full" else 64)


def initial_state(n):
    """The state of n names before anything was read: a float32 tensor [n, ...]."""
    return tf.zeros((n, 2 * one_step.size))


def rnn_one_step(x_t, h_t):
    """Read one token of each name.

    x_t: int32 tensor [n], the tokens
    h_t: the states before, as initial_state(n) gives them
    Returns (probabilities of the next token [n, 28], the states after, shaped like h_t).
    """
    return one_step(x_t, h_t)

# %% masked_loss
def masked_loss(probs, answers):
    """Mean of -ln p over all places that count.

    probs: float32 tensor [n, T, 28], the probabilities of every token at every place
    answers: int32 tensor [n, T], the tokens that really stand there
    Returns one number (a scalar tensor).
    """
    pads_before = tf.cumsum(tf.cast(tf.equal(answers, PAD), tf.int32), axis=1, exclusive=True)
    places = tf.where(pads_before == 0)
    where = tf.concat([places, tf.cast(tf.gather_nd(answers, places), tf.int64)[:, None]], axis=1)
    return -tf.reduce_mean(tf.math.log(tf.maximum(tf.gather_nd(probs, where), 1e-10)))

# %% names_loss
def names_loss(rows):
    """The loss of names that the network reads from left to right.

    rows: int32 tensor [n, T], as train_rows; T is at least 2
    Returns masked_loss of the T - 1 predictions (a scalar tensor).
    """
    rows = tf.cast(rows, tf.int32)

    def read(t, h):
        """The predictions from column t on, as a list."""
        if t == rows.shape[1] - 1:
            return []
        p, h = rnn_one_step(rows[:, t], h)
        return [p, *read(t + 1, h)]

    return masked_loss(tf.stack(read(0, initial_state(tf.shape(rows)[0])), axis=1), rows[:, 1:])

# %% training
rnn_losses = []

opt = keras.optimizers.Adam(0.003, global_clipnorm=1.0)
names_loss(train_rows[:2])
opt.build(one_step.trainable_variables)


@tf.function(reduce_retracing=True)
def fit_batch(batch):
    with tf.GradientTape() as tape:
        loss = names_loss(batch)
    gradients = tape.gradient(loss, one_step.trainable_variables)
    opt.apply_gradients(zip(gradients, one_step.trainable_variables))


for epoch in range(26):
    opt.learning_rate = 0.003 * min(1.0, 0.75 ** (epoch - 14))
    order = np.random.permutation(len(train_rows))
    for begin in range(0, len(order), 64):
        fit_batch(tf.constant(train_rows[order[begin : begin + 64]], tf.int32))
    rnn_losses.append(names_loss(valid_rows).numpy())
print(np.round(rnn_losses, 3))

# %% generate_sample
def generate_sample(seed_phrase="", max_length=LONGEST, temperature=1.0):
    """A name that the network writes.

    seed_phrase: small letters, fewer than max_length; may be empty
    max_length: letters of the text at the most, with the seed phrase
    temperature: above 0
    Returns a text: the seed phrase and what follows.
    """
    state, text = initial_state(1), ""
    queue = list(seed_phrase)
    token = START
    while True:
        p, state = rnn_one_step(tf.constant([token], tf.int32), state)
        if queue:
            token = token_to_id[queue.pop(0)]
        elif len(text) == max_length:
            return text
        else:
            logits = np.log(np.maximum(np.asarray(p, np.float64), 1e-200)) / temperature
            logits[:, START] = -np.inf
            token = int(tf.random.categorical(logits, 1)[0, 0])
            if token == PAD:
                return text
        text += tokens[token]

# %% language_model
seen = keras.Input((None,), dtype="int32")
states = keras.layers.GRU(128 if TIER == "full" else 80, return_sequences=True)(keras.layers.Embedding(28, 24)(seen))
looked = keras.layers.MultiHeadAttention(num_heads=2, key_dim=32)(states, states)
mixed_states = keras.layers.LayerNormalization()(keras.layers.Add()([states, looked]))
language_model = keras.Model(seen, keras.layers.Dense(28, activation="softmax")(mixed_states))

language_model.compile(optimizer=keras.optimizers.Adam(0.003), loss="sparse_categorical_crossentropy")
language_model.fit(
    train_rows[:, :-1],
    train_rows[:, 1:],
    sample_weight=np.where(train_rows[:, :-1] == PAD, 0.0, 1.0),
    batch_size=64,
    epochs=20,
    callbacks=[keras.callbacks.LearningRateScheduler(lambda epoch: 0.003 if epoch < 14 else 0.0008)],
    verbose=0,
)

# %% classifier
def disordered(rows):
    """Rows int32 [n, WIDTH] of the same letters in a random order: no names any more, for the most part."""
    mixed = rows.copy()
    for row in mixed:
        size = np.count_nonzero(row)
        row[1:size] = np.random.permutation(row[1:size])
    return mixed


asked = keras.Input((WIDTH,), dtype="int32")
path = keras.layers.Embedding(28, 16)(asked)
path = keras.layers.GRU(128 if TIER == "full" else 64, return_sequences=True)(path)
path = keras.layers.GlobalMaxPooling1D()(path)
path = keras.layers.Dropout(0.2)(path)
classifier = keras.Model(asked, keras.layers.Dense(1, activation="sigmoid")(path))
classifier.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy")
# Five different disorders of every name, and every name five times.
both = np.concatenate([part for _ in range(5) for part in (train_rows, disordered(train_rows))])
truth = np.tile(np.repeat([1.0, 0.0], len(train_rows)), 5)[:, None]
classifier.fit(both, truth, batch_size=96, epochs=5, verbose=0)
