# written from: names_rnn.ipynb as released, nothing else
# declares: wrong
# mistake: the end of a row is found by argmax, which gives 0 for a row without any PAD, so that of a name that was cut off only the first place counts instead of all
# at: masked_loss : last = tf.argmax(tf.cast(tf.equal(answers, PAD), tf.int32), axis=1, output_type=tf.int32)
# should cost: masked_loss (rows without a PAD)

# %% to_matrix
def to_matrix(names, max_len=None):
    """Names as rows of numbers.

    names: list of n texts of small letters a to z, at least one; a text may be empty
    max_len: length of a row, at least 2; None: that of the longest name, and 2 more
    Returns int32 [n, max_len]: START, the letters, PAD.
    """
    numbers = [[START, *map(token_to_id.get, name)] for name in names]
    if max_len is None:
        max_len = 1 + max(len(row) for row in numbers)
    padded = [row[:max_len] + [PAD] * (max_len - len(row)) for row in numbers]
    return np.asarray(padded, dtype="int32")

# %% rnn_one_step
hidden_units = 128 if TIER == "full" else 64
embed_layer = keras.layers.Embedding(len(tokens), 16)
state_layer = keras.layers.Dense(hidden_units, activation="tanh", kernel_initializer="orthogonal")
output_layer = keras.layers.Dense(len(tokens), activation="softmax")


def initial_state(n):
    """The state of n names before anything was read: a float32 tensor [n, ...]."""
    return tf.zeros((n, hidden_units), dtype=tf.float32)


def rnn_one_step(x_t, h_t):
    """Read one token of each name.

    x_t: int32 tensor [n], the tokens
    h_t: the states before, as initial_state(n) gives them
    Returns (probabilities of the next token [n, 28], the states after, shaped like h_t).
    """
    both = tf.concat([embed_layer(x_t), h_t], axis=1)
    h_next = state_layer(both)
    return output_layer(h_next), h_next

# %% masked_loss
def masked_loss(probs, answers):
    """Mean of -ln p over all places that count.

    probs: float32 tensor [n, T, 28], the probabilities of every token at every place
    answers: int32 tensor [n, T], the tokens that really stand there
    Returns one number (a scalar tensor).
    """
    # Where the first PAD of each row stands: the last place that counts.
    last = tf.argmax(tf.cast(tf.equal(answers, PAD), tf.int32), axis=1, output_type=tf.int32)
    counts = tf.cast(tf.range(tf.shape(answers)[1])[None, :] <= last[:, None], tf.float32)
    p = tf.gather(probs, answers, axis=2, batch_dims=2)
    losses = -tf.math.log(tf.clip_by_value(p, 1e-8, 1.0))
    return tf.reduce_sum(losses * counts) / tf.reduce_sum(counts)

# %% names_loss
def names_loss(rows):
    """The loss of names that the network reads from left to right.

    rows: int32 tensor [n, T], as train_rows; T is at least 2
    Returns masked_loss of the T - 1 predictions (a scalar tensor).
    """
    rows = tf.cast(rows, tf.int32)
    h = initial_state(tf.shape(rows)[0])
    outputs = []
    for t in range(rows.shape[1] - 1):
        p, h = rnn_one_step(rows[:, t], h)
        outputs.append(p)
    return masked_loss(tf.stack(outputs, axis=1), rows[:, 1:])

# %% training
rnn_losses = []

n_epochs = 30
steps_per_epoch = len(train_rows) // 64
schedule = keras.optimizers.schedules.CosineDecay(0.004, n_epochs * steps_per_epoch)
adam = keras.optimizers.Adam(schedule, clipnorm=1.0)
rnn_one_step(tf.constant([START]), initial_state(1))
params = embed_layer.trainable_weights + state_layer.trainable_weights + output_layer.trainable_weights


@tf.function
def train_batch(batch):
    with tf.GradientTape() as tape:
        loss = names_loss(batch)
    adam.apply_gradients(zip(tape.gradient(loss, params), params))
    return loss


for epoch in range(n_epochs):
    shuffled = train_rows[np.random.permutation(len(train_rows))]
    for k in range(steps_per_epoch):
        train_batch(tf.constant(shuffled[64 * k : 64 * k + 64], dtype=tf.int32))
    rnn_losses.append(float(names_loss(valid_rows)))
print("last:", rnn_losses[-1])

# %% generate_sample
def generate_sample(seed_phrase="", max_length=LONGEST, temperature=1.0):
    """A name that the network writes.

    seed_phrase: small letters, fewer than max_length; may be empty
    max_length: letters of the text at the most, with the seed phrase
    temperature: above 0
    Returns a text: the seed phrase and what follows.
    """
    h = initial_state(1)
    p, h = rnn_one_step(tf.constant([START]), h)
    for letter in seed_phrase:
        p, h = rnn_one_step(tf.constant([token_to_id[letter]]), h)
    name = seed_phrase
    while len(name) < max_length:
        q = np.log(np.clip(np.asarray(p[0], dtype=np.float64), 1e-100, None)) / temperature
        q = np.exp(q - q.max())
        q[START] = 0 if q.sum() > q[START] else q[START]
        token = np.random.choice(len(tokens), p=q / q.sum())
        if token in (PAD, START):
            break
        name += tokens[token]
        p, h = rnn_one_step(tf.constant([token], dtype=tf.int32), h)
    return name

# %% language_model
language_model = keras.Sequential([
    keras.layers.Embedding(len(tokens), 16),
    keras.layers.GRU(128 if TIER == "full" else 80, return_sequences=True),
    keras.layers.Dense(len(tokens), activation="softmax"),
])
language_model.compile("adam", "sparse_categorical_crossentropy")
language_model.optimizer.learning_rate = 0.004
to_read, to_say = train_rows[:, :-1], train_rows[:, 1:]
language_model.fit(to_read, to_say, sample_weight=(to_read != PAD).astype("float32"), epochs=16, batch_size=64, verbose=0)
language_model.optimizer.learning_rate = 0.0008
language_model.fit(to_read, to_say, sample_weight=(to_read != PAD).astype("float32"), epochs=6, batch_size=64, verbose=0)

# %% classifier
def disordered(rows):
    """Rows int32 [n, WIDTH] of the same letters in a random order: no names any more, for the most part."""
    mixed = rows.copy()
    for row in mixed:
        size = np.count_nonzero(row)
        row[1:size] = np.random.permutation(row[1:size])
    return mixed


classifier = keras.Sequential([
    keras.Input((WIDTH,), dtype="int32"),
    keras.layers.Embedding(len(tokens), 16),
    keras.layers.Bidirectional(keras.layers.LSTM(96 if TIER == "full" else 48)),
    keras.layers.Dropout(0.3),
    keras.layers.Dense(1, activation="sigmoid"),
])
classifier.compile(keras.optimizers.Adam(0.003), "binary_crossentropy", metrics=["accuracy"])
is_name = np.concatenate([np.ones((len(train_rows), 1)), np.zeros((len(train_rows), 1))])
for epoch in range(20):
    if epoch == 15:
        classifier.optimizer.learning_rate = 0.0006
    classifier.fit(np.concatenate([train_rows, disordered(train_rows)]), is_name, epochs=1, batch_size=64, verbose=0)
