# written from: names_rnn.ipynb as released, nothing else
# declares: right
# design: LSTM-like cell of Dense layers with softsign and state [n, 2, H], Nadam with falling rate and the best epoch restored; draws by inverse cumulative sum with redraw of START; Keras part: subclassed stacked GRU trained with own tape, backwards LSTM by train_on_batch

# %% to_matrix
def to_matrix(names, max_len=None):
    """Names as rows of numbers.

    names: list of n texts of small letters a to z, at least one; a text may be empty
    max_len: length of a row, at least 2; None: that of the longest name, and 2 more
    Returns int32 [n, max_len]: START, the letters, PAD.
    """
    if max_len is None:
        max_len = max(len(name) for name in names) + 2
    matrix = np.zeros((len(names), max_len), dtype=np.int32)
    matrix[:, 0] = START
    for i, name in enumerate(names):
        for j, letter in enumerate(name[: max_len - 1], start=1):
            matrix[i, j] = ord(letter) - ord("a") + 2
    return matrix

# %% rnn_one_step
class Cell:
    """Memory and output of a cell with forget and write gates, kept together as [n, 2, units]."""

    def __init__(self, units):
        self.units = units
        self.look_up = keras.layers.Embedding(28, 20)
        self.inner = keras.layers.Dense(4 * units)
        self.speak = keras.layers.Dense(28)

    def __call__(self, x, state):
        memory, output = tf.unstack(state, axis=1)
        raw = self.inner(tf.concat([self.look_up(x), output], axis=-1))
        forget, write, show, news = tf.split(raw, 4, axis=-1)
        memory = tf.sigmoid(forget + 1.0) * memory + tf.sigmoid(write) * tf.nn.softsign(news)
        output = tf.sigmoid(show) * tf.nn.softsign(2.0 * memory)
        return tf.nn.softmax(self.speak(output)), tf.stack([memory, output], axis=1)

    @property
    def weights(self):
        return [w for layer in (self.look_up, self.inner, self.speak) for w in layer.trainable_variables]


cell = Cell(128 if TIER == "full" else 72)


def initial_state(n):
    """The state of n names before anything was read: a float32 tensor [n, ...]."""
    return tf.zeros([n, 2, cell.units])


def rnn_one_step(x_t, h_t):
    """Read one token of each name.

    x_t: int32 tensor [n], the tokens
    h_t: the states before, as initial_state(n) gives them
    Returns (probabilities of the next token [n, 28], the states after, shaped like h_t).
    """
    return cell(x_t, h_t)

# %% masked_loss
def masked_loss(probs, answers):
    """Mean of -ln p over all places that count.

    probs: float32 tensor [n, T, 28], the probabilities of every token at every place
    answers: int32 tensor [n, T], the tokens that really stand there
    Returns one number (a scalar tensor).
    """
    answers = tf.cast(answers, tf.int32)
    # A place counts where a letter stands, or where the place before it (or the row's edge) is no PAD.
    letter = answers != PAD
    counts = tf.concat([tf.ones_like(letter[:, :1]), letter[:, :-1]], axis=1)
    p = tf.gather(tf.boolean_mask(probs, counts), tf.boolean_mask(answers, counts), batch_dims=1)
    return tf.reduce_mean(-tf.math.log(p + 1e-12))

# %% names_loss
def names_loss(rows):
    """The loss of names that the network reads from left to right.

    rows: int32 tensor [n, T], as train_rows; T is at least 2
    Returns masked_loss of the T - 1 predictions (a scalar tensor).
    """
    rows = tf.convert_to_tensor(rows, dtype=tf.int32)
    state = initial_state(rows.shape[0] or tf.shape(rows)[0])
    predictions = []
    for t in range(rows.shape[1] - 1):
        probs, state = rnn_one_step(rows[:, t], state)
        predictions.append(probs[:, tf.newaxis])
    return masked_loss(tf.concat(predictions, axis=1), rows[:, 1:])

# %% training
rnn_losses = []

optimiser = keras.optimizers.Nadam(0.004, clipnorm=1.0)
data = tf.data.Dataset.from_tensor_slices(train_rows.astype("int32")).shuffle(len(train_rows)).batch(64)
valid_tensor = tf.constant(valid_rows, dtype=tf.int32)
measure = tf.function(names_loss, reduce_retracing=True)
cell(tf.constant([START]), initial_state(1))
optimiser.build(cell.weights)


@tf.function(reduce_retracing=True)
def learn(rows):
    with tf.GradientTape() as tape:
        loss = names_loss(rows)
    optimiser.apply_gradients(zip(tape.gradient(loss, cell.weights), cell.weights))


best, best_weights, waited = np.inf, None, 0
for epoch in range(40):
    for rows in data:
        learn(rows)
    rnn_losses.append(float(measure(valid_tensor)))
    if rnn_losses[-1] < best - 1e-4:
        best, waited = rnn_losses[-1], 0
        best_weights = [w.numpy().copy() for w in cell.weights]
    else:
        waited += 1
        optimiser.learning_rate = float(optimiser.learning_rate) / 2
        if waited == 5:
            break
for w, value in zip(cell.weights, best_weights):
    w.assign(value)
print("epochs", len(rnn_losses), "lowest", round(best, 4), "last", round(rnn_losses[-1], 4))

# %% generate_sample
def draw(p, temperature):
    """A token by its probability p ** (1 / temperature), never START."""
    logs = np.log(np.maximum(p, 1e-300)) / temperature
    steps = np.cumsum(np.exp(logs - logs.max()))
    for _ in range(10000):
        k = int(np.searchsorted(steps, np.random.rand() * steps[-1], side="right"))
        if k != START:
            return k
    return PAD


def generate_sample(seed_phrase="", max_length=LONGEST, temperature=1.0):
    """A name that the network writes.

    seed_phrase: small letters, fewer than max_length; may be empty
    max_length: letters of the text at the most, with the seed phrase
    temperature: above 0
    Returns a text: the seed phrase and what follows.
    """
    written, state = [START] + [token_to_id[c] for c in seed_phrase], initial_state(1)
    for k in written[:-1]:
        state = rnn_one_step(tf.constant([k]), state)[1]
    while len(written) <= max_length:
        probs, state = rnn_one_step(tf.constant([written[-1]]), state)
        k = draw(np.array(probs, dtype=np.float64).ravel(), temperature)
        if k == PAD:
            break
        written.append(k)
    return "".join(tokens[k] for k in written[1:])

# %% language_model
class Reader(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.embed = keras.layers.Embedding(28, 32)
        self.lower = keras.layers.GRU(units, return_sequences=True)
        self.upper = keras.layers.GRU(units, return_sequences=True)
        self.speak = keras.layers.Dense(28)

    def logits(self, rows):
        low = self.lower(self.embed(rows))
        return self.speak(low + self.upper(low))

    def call(self, rows):
        return keras.ops.softmax(self.logits(rows))


language_model = Reader(128 if TIER == "full" else 64)
language_model(train_rows[:2, :-1].astype("int32"))
reader_optimiser = keras.optimizers.AdamW(0.003, weight_decay=0.02, clipnorm=1.0)
reader_optimiser.build(language_model.trainable_variables)


def reader_loss(rows):
    ask, answers = rows[:, :-1], rows[:, 1:]
    weight = tf.cast(ask != PAD, tf.float32)
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(answers, language_model.logits(ask))
    return tf.reduce_sum(weight * each) / tf.reduce_sum(weight)


@tf.function(reduce_retracing=True)
def reader_step(rows):
    with tf.GradientTape() as tape:
        loss = reader_loss(rows)
    wanted = language_model.trainable_variables
    reader_optimiser.apply_gradients(zip(tape.gradient(loss, wanted), wanted))


reader_valid = tf.function(lambda: reader_loss(valid_tensor))
lowest, lowest_weights, reader_losses = np.inf, None, []
for epoch in range(18):
    if epoch == 11:
        reader_optimiser.learning_rate = 0.0008
    for rows in data:
        reader_step(rows)
    reader_losses.append(float(reader_valid()))
    if reader_losses[-1] < lowest:
        lowest, lowest_weights = reader_losses[-1], language_model.get_weights()
language_model.set_weights(lowest_weights)
print("language model:", np.round(reader_losses, 3))

# %% classifier
def disordered(rows):
    """Rows int32 [n, WIDTH] of the same letters in a random order: no names any more, for the most part."""
    mixed = rows.copy()
    for row in mixed:
        size = np.count_nonzero(row)
        row[1:size] = np.random.permutation(row[1:size])
    return mixed


# Backwards the padding comes first and the name last, so no mask is needed.
classifier = keras.Sequential([
    keras.Input((WIDTH,), dtype="int32"),
    keras.layers.Embedding(28, 24),
    keras.layers.SpatialDropout1D(0.1),
    keras.layers.LSTM(128 if TIER == "full" else 80, go_backwards=True),
    keras.layers.Dense(32, activation="gelu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
classifier.compile(optimizer=keras.optimizers.Adam(0.003, clipnorm=1.0), loss="mse")
for epoch in range(24):
    if epoch == 17:
        classifier.optimizer.learning_rate = 0.0007
    order = np.random.permutation(len(train_rows))
    for at in range(0, len(order), 48):
        good = train_rows[order[at : at + 48]]
        target = np.r_[np.ones(len(good)), np.zeros(len(good))].reshape(-1, 1)
        classifier.train_on_batch(np.vstack([good, disordered(good)]), target)
