# written from: names_rnn.ipynb as released, nothing else
# declares: right
# design: GRU written with bare tf.Variables and a learnt start state, own Adam with cosine rate, itertools.accumulate for the unrolling, Gumbel draws; Keras part: LSTM by fit, bidirectional GRU

# %% to_matrix
def to_matrix(names, max_len=None):
    """Names as rows of numbers.

    names: list of n texts of small letters a to z, at least one; a text may be empty
    max_len: length of a row, at least 2; None: that of the longest name, and 2 more
    Returns int32 [n, max_len]: START, the letters, PAD.
    """
    width = max_len if max_len is not None else 2 + max(map(len, names))
    texts = [("^" + name)[:width].ljust(width, "#") for name in names]
    return np.array([[tokens.index(c) for c in text] for text in texts], dtype=np.int32)

# %% rnn_one_step
STATE = 160 if TIER == "full" else 80
EMBED = 24


def _variable(*shape, scale=None):
    scale = scale if scale is not None else (1 / shape[0]) ** 0.5
    return tf.Variable(scale * tf.random.normal(shape))


gru = {
    "letters": _variable(28, EMBED, scale=0.3),
    "start": _variable(STATE, scale=0.01),
    "gates": _variable(EMBED + STATE, 2 * STATE),
    "gates_b": tf.Variable(tf.concat([tf.ones(STATE), tf.zeros(STATE)], 0)),
    "new_x": _variable(EMBED, STATE),
    "new_h": _variable(STATE, STATE),
    "new_b": tf.Variable(tf.zeros(STATE)),
    "out": _variable(STATE, 28, scale=0.02),
    "out_b": tf.Variable(tf.zeros(28)),
}


def initial_state(n):
    """The state of n names before anything was read: a float32 tensor [n, ...]."""
    return tf.repeat(tf.tanh(gru["start"])[None, :], n, axis=0)


def rnn_one_step(x_t, h_t):
    """Read one token of each name.

    x_t: int32 tensor [n], the tokens
    h_t: the states before, as initial_state(n) gives them
    Returns (probabilities of the next token [n, 28], the states after, shaped like h_t).
    """
    e = tf.gather(gru["letters"], x_t)
    keep, reset = tf.split(tf.sigmoid(tf.concat([e, h_t], 1) @ gru["gates"] + gru["gates_b"]), 2, axis=1)
    fresh = tf.tanh(e @ gru["new_x"] + reset * (h_t @ gru["new_h"]) + gru["new_b"])
    after = keep * h_t + (1 - keep) * fresh
    return tf.nn.softmax(after @ gru["out"] + gru["out_b"]), after

# %% masked_loss
def masked_loss(probs, answers):
    """Mean of -ln p over all places that count.

    probs: float32 tensor [n, T, 28], the probabilities of every token at every place
    answers: int32 tensor [n, T], the tokens that really stand there
    Returns one number (a scalar tensor).
    """
    probs = tf.convert_to_tensor(probs)
    # 1 as long as no PAD stands further left, then 0.
    counts = tf.math.cumprod(tf.cast(tf.not_equal(answers, PAD), probs.dtype), axis=1, exclusive=True)
    right = tf.reduce_sum(probs * tf.one_hot(answers, 28, dtype=probs.dtype), axis=2)
    return -tf.reduce_sum(counts * tf.math.log(tf.maximum(right, 1e-9))) / tf.reduce_sum(counts)

# %% names_loss
from itertools import accumulate


def names_loss(rows):
    """The loss of names that the network reads from left to right.

    rows: int32 tensor [n, T], as train_rows; T is at least 2
    Returns masked_loss of the T - 1 predictions (a scalar tensor).
    """
    rows = tf.cast(rows, tf.int32)
    columns = tf.unstack(rows[:, :-1], axis=1)
    begin = (None, initial_state(tf.shape(rows)[0]))
    pairs = accumulate(columns, lambda before, x: rnn_one_step(x, before[1]), initial=begin)
    said = [probs for probs, _ in pairs][1:]
    return masked_loss(tf.stack(said, axis=1), rows[:, 1:])

# %% training
rnn_losses = []

EPOCHS, BATCH, TOP_RATE = 28, 64, 0.004
weights = list(gru.values())
firsts = [tf.Variable(tf.zeros_like(v)) for v in weights]
seconds = [tf.Variable(tf.zeros_like(v)) for v in weights]


@tf.function(input_signature=[tf.TensorSpec([None, WIDTH], tf.int32), tf.TensorSpec([]), tf.TensorSpec([])])
def adam_step(rows, rate, t):
    with tf.GradientTape() as tape:
        loss = names_loss(rows)
    grads, _ = tf.clip_by_global_norm([tf.convert_to_tensor(g) for g in tape.gradient(loss, weights)], 1.0)
    for v, g, m, s in zip(weights, grads, firsts, seconds):
        m.assign(0.9 * m + 0.1 * g)
        s.assign(0.999 * s + 0.001 * g * g)
        v.assign_sub(rate * (m / (1 - 0.9**t)) / (tf.sqrt(s / (1 - 0.999**t)) + 1e-8))
    return loss


@tf.function(input_signature=[tf.TensorSpec([None, WIDTH], tf.int32)])
def loss_on(rows):
    return names_loss(rows)


batches = int(np.ceil(len(train_rows) / BATCH))
done = 0
for epoch in range(EPOCHS):
    for part in np.array_split(np.random.permutation(len(train_rows)), batches):
        rate = TOP_RATE * 0.5 * (1 + np.cos(np.pi * done / (EPOCHS * batches)))
        done += 1
        adam_step(train_rows[part].astype(np.int32), np.float32(rate), np.float32(done))
    rnn_losses.append(float(loss_on(valid_rows.astype(np.int32))))
print("loss on valid_rows:", np.round(rnn_losses, 3))

# %% generate_sample
def generate_sample(seed_phrase="", max_length=LONGEST, temperature=1.0):
    """A name that the network writes.

    seed_phrase: small letters, fewer than max_length; may be empty
    max_length: letters of the text at the most, with the seed phrase
    temperature: above 0
    Returns a text: the seed phrase and what follows.
    """
    state = initial_state(1)
    for c in "^" + seed_phrase:
        probs, state = rnn_one_step(tf.constant([token_to_id[c]]), state)
    text = seed_phrase
    while len(text) < max_length:
        with np.errstate(divide="ignore"):
            scores = np.log(np.asarray(probs, dtype=float)[0]) / temperature
        scores[START] = -np.inf
        # The largest of log q plus Gumbel noise is a draw from q.
        drawn = int(np.argmax(scores + np.random.gumbel(size=scores.shape)))
        if drawn == PAD:
            break
        text += tokens[drawn]
        probs, state = rnn_one_step(tf.constant([drawn]), state)
    return text

# %% language_model
inputs = keras.Input((None,), dtype="int32")
hidden = keras.layers.Embedding(28, 24, mask_zero=True)(inputs)
hidden = keras.layers.LSTM(160 if TIER == "full" else 96, return_sequences=True)(hidden)
hidden = keras.layers.Dropout(0.15)(hidden)
language_model = keras.Model(inputs, keras.layers.Dense(28, activation="softmax")(hidden))

lm_epochs = 24
language_model.compile(
    optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.005, lm_epochs * int(np.ceil(len(train_rows) / 64)))),
    loss="sparse_categorical_crossentropy",
)


def counted(rows):
    """1 where the answer counts: behind START or a letter, so also for the first PAD."""
    return (rows[:, :-1] != PAD).astype("float32")


language_model.fit(
    train_rows[:, :-1], train_rows[:, 1:], sample_weight=counted(train_rows),
    batch_size=64, epochs=lm_epochs, verbose=0,
)

# %% classifier
def disordered(rows):
    """Rows int32 [n, WIDTH] of the same letters in a random order: no names any more, for the most part."""
    mixed = rows.copy()
    for row in mixed:
        size = np.count_nonzero(row)
        row[1:size] = np.random.permutation(row[1:size])
    return mixed


cls_epochs = 16
cls_steps = cls_epochs * int(np.ceil(2 * len(train_rows) / 64))
inputs = keras.Input((WIDTH,), dtype="int32")
hidden = keras.layers.Embedding(28, 16, mask_zero=True)(inputs)
hidden = keras.layers.Bidirectional(keras.layers.GRU(96 if TIER == "full" else 48))(hidden)
hidden = keras.layers.Dropout(0.2)(hidden)
classifier = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(hidden))
classifier.compile(optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.005, cls_steps)), loss="binary_crossentropy")

labels = np.repeat([1.0, 0.0], len(train_rows))[:, None]
for epoch in range(cls_epochs):
    # Every epoch with new disorder.
    classifier.fit(np.concatenate([train_rows, disordered(train_rows)]), labels, batch_size=64, verbose=0)
