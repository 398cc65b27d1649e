# %% [markdown]
# # Week 5, names: the reference solution
#
# Each cell that is headed by a `grade_id` is the whole answer cell as it stands in the notebook.
# Cells without an id are here for the reader only and go nowhere.

# %% [markdown]
# ## Names as a matrix


# %% to_matrix
def to_matrix(names, max_len=None):
    """Names as rows of numbers.

    names: list of n texts of small letters a to z, at least one; a text may be empty
    max_len: length of a row, at least 2; None: that of the longest name, and 2 more
    Returns int32 [n, max_len]: START, the letters, PAD.
    """
    if max_len is None:
        max_len = max(map(len, names)) + 2
    rows = np.full((len(names), max_len), PAD, dtype=np.int32)
    for row, name in zip(rows, names, strict=True):
        numbers = [START, *(token_to_id[letter] for letter in name)][:max_len]
        row[: len(numbers)] = numbers
    return rows


# %% [markdown]
# ## One step
#
# Three layers that every step shares. The last one ends in a softmax of its own.


# %% rnn_one_step
UNITS = 128 if TIER == "full" else 64

embed = keras.layers.Embedding(len(tokens), 16)
to_state = keras.layers.Dense(UNITS, activation="tanh")
to_probs = keras.layers.Dense(len(tokens), activation="softmax")


def initial_state(n):
    """The state of n names before anything was read: a float32 tensor [n, UNITS]."""
    return tf.zeros((n, UNITS))


def rnn_one_step(x_t, h_t):
    """Read one token of each name.

    x_t: int32 tensor [n], the tokens
    h_t: the states before, as initial_state(n) gives them
    Returns (probabilities of the next token [n, 28], the states after, shaped like h_t).
    """
    h_next = to_state(tf.concat([embed(x_t), h_t], axis=1))
    return to_probs(h_next), h_next


# %% [markdown]
# ## The loss
#
# A place counts if no PAD stands before it: the sum of those before is then 0.


# %% masked_loss
def masked_loss(probs, answers):
    """Mean of -ln p over all places that count.

    probs: float32 tensor [n, T, 28], the probabilities of every token at every place
    answers: int32 tensor [n, T], the tokens that really stand there
    Returns one number (a scalar tensor).
    """
    picked = tf.gather(probs, answers, batch_dims=2)
    ended = tf.cumsum(tf.cast(answers == PAD, tf.int32), axis=1, exclusive=True)
    counts = tf.cast(ended == 0, tf.float32)
    return -tf.reduce_sum(counts * tf.math.log(tf.maximum(picked, 1e-9))) / tf.reduce_sum(counts)


# %% names_loss
def names_loss(rows):
    """The loss of names that the network reads from left to right.

    rows: int32 tensor [n, T], as train_rows; T is at least 2
    Returns masked_loss of the T - 1 predictions (a scalar tensor).
    """
    state, said = initial_state(tf.shape(rows)[0]), []
    for t in range(rows.shape[1] - 1):
        probs, state = rnn_one_step(rows[:, t], state)
        said.append(probs)
    return masked_loss(tf.stack(said, axis=1), rows[:, 1:])


# %% [markdown]
# ## Training
#
# The rate falls to a twentieth; clipped gradients, since unrolled ones may be steep for a moment.


# %% training
rnn_losses = []
EPOCHS, BATCH = (30, 64) if TIER == "full" else (16, 64)
weights = [w for layer in (embed, to_state, to_probs) for w in layer.trainable_weights]
steps = EPOCHS * (len(train_rows) // BATCH)
optimizer = keras.optimizers.Adam(
    keras.optimizers.schedules.PolynomialDecay(4e-3, steps, 2e-4), clipnorm=1.0
)
optimizer.build(weights)


@tf.function
def train_step(rows):
    with tf.GradientTape() as tape:
        loss = names_loss(rows)
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))


valid_loss = tf.function(names_loss)

for _ in range(EPOCHS):
    order = np.random.permutation(len(train_rows))
    for start in range(0, len(order) - BATCH + 1, BATCH):
        train_step(tf.constant(train_rows[order[start : start + BATCH]]))
    rnn_losses.append(float(valid_loss(tf.constant(valid_rows))))


# %% [markdown]
# ## New names


# %% generate_sample
def generate_sample(seed_phrase="", max_length=LONGEST, temperature=1.0):
    """A name that the network writes.

    seed_phrase: small letters, fewer than max_length; may be empty
    max_length: letters of the text at the most, with the seed phrase
    temperature: above 0
    Returns a text: the seed phrase and what follows.
    """
    text, state = seed_phrase, initial_state(1)
    for token in [START, *(token_to_id[letter] for letter in seed_phrase)]:
        probs, state = rnn_one_step(tf.constant([token]), state)
    while len(text) < max_length:
        logits = np.log(np.asarray(probs[0], dtype=np.float64) + 1e-12) / temperature
        powers = np.exp(logits - logits.max())
        token = int(np.random.choice(len(tokens), p=powers / powers.sum()))
        if token in (PAD, START):
            break
        text += tokens[token]
        probs, state = rnn_one_step(tf.constant([token]), state)
    return text


# %% [markdown]
# ## The same with Keras
#
# `sample_weight` 1 for every place up to the first PAD: where what is read is no PAD itself.


# %% language_model
layers = keras.layers
language_model = keras.Sequential(
    [
        keras.Input((None,), dtype="int32"),
        layers.Embedding(len(tokens), 24),
        layers.GRU(UNITS, return_sequences=True),
        layers.Dense(len(tokens), activation="softmax"),
    ]
)
_epochs = 20 if TIER == "full" else 14
_steps = _epochs * (len(train_rows) // 128)
language_model.compile(
    keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(1e-2, _steps, 5e-4)),
    loss="sparse_categorical_crossentropy",
)
language_model.fit(
    train_rows[:, :-1],
    train_rows[:, 1:],
    sample_weight=(train_rows[:, :-1] != PAD).astype("float32"),
    batch_size=128,
    epochs=_epochs,
    verbose=0,
)


# %% [markdown]
# ## Is this a name?
#
# As many disordered names as names, disordered anew for each epoch.


# %% classifier
def disordered(rows):
    """Rows int32 [n, WIDTH] of the same letters in a random order: no names, for the most part."""
    mixed = rows.copy()
    for row in mixed:
        size = np.count_nonzero(row)
        row[1:size] = np.random.permutation(row[1:size])
    return mixed


classifier = keras.Sequential(
    [
        keras.Input((WIDTH,), dtype="int32"),
        keras.layers.Embedding(len(tokens), 16),
        keras.layers.GRU(UNITS // 2),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
_rounds = 12 if TIER == "full" else 8
_steps = _rounds * (2 * len(train_rows) // 128)
classifier.compile(
    keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(1e-2, _steps, 5e-4)),
    loss="binary_crossentropy",
)
for _ in range(_rounds):
    classifier.fit(
        np.concatenate([train_rows, disordered(train_rows)]),
        np.repeat([1.0, 0.0], len(train_rows)),
        batch_size=128,
        verbose=0,
    )


# %% [markdown] names_in_words
# **What is the state good for, and why does one PAD count?**
#
# Whoever counts pairs knows the last letter only. In invented names all vowels are dark or all are
# bright: after the first one, half of the vowels are out of the question for the rest of the name,
# however many consonants stand between. A state can carry that, and how long the name is already.
# Each such letter costs less, so the loss on unseen names falls below that of pairs. A list of
# generated names hardly shows it: with the right pairs most of them look plausible, and a copied
# training list looks best of all.
#
# The first PAD is where the name ends. If none counted, the network would never learn to end, and
# names would run on to the length allowed. If all counted, most of the mean would be of places
# where PAD follows PAD, which is learnt at once and says nothing; the loss looks small, and the
# letters get little of the gradient.
