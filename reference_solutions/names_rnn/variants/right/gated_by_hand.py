# title: a step with gates: GRU by hand, from matrices; states of zero

# %% rnn_one_step
UNITS = 128 if TIER == "full" else 64


def matrix(rows, columns):
    return tf.Variable(tf.random.normal((rows, columns), stddev=rows**-0.5))


E = tf.Variable(tf.random.normal((len(tokens), 16), stddev=0.1))
W = {name: matrix(16 + UNITS, UNITS) for name in "zrh"}
V, c = matrix(UNITS, len(tokens)), tf.Variable(tf.zeros(len(tokens)))


def initial_state(n):
    return tf.zeros([n, UNITS])


def rnn_one_step(x_t, h_t):
    e = tf.gather(E, x_t)
    both = tf.concat([e, h_t], 1)
    z, r = tf.sigmoid(both @ W["z"]), tf.sigmoid(both @ W["r"])
    h = (1 - z) * h_t + z * tf.tanh(tf.concat([e, r * h_t], 1) @ W["h"])
    return tf.nn.softmax(h @ V + c), h

# %% training
rnn_losses = []
EPOCHS, BATCH = (30, 64) if TIER == "full" else (16, 64)
weights = [E, *W.values(), V, c]
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
