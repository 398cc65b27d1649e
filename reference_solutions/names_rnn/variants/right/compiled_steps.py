# title: the step and what reads with it are compiled; a loop of TensorFlow; relu and a learnt first state

# %% rnn_one_step
UNITS = 128 if TIER == "full" else 64

embed = keras.layers.Embedding(len(tokens), 24)
to_state = keras.layers.Dense(UNITS, activation="relu", kernel_initializer="orthogonal")
to_probs = keras.layers.Dense(len(tokens), activation="softmax")
first = tf.Variable(tf.zeros(UNITS))


def initial_state(n):
    return tf.tile(first[None, :], [n, 1])


@tf.function(reduce_retracing=True)
def rnn_one_step(x_t, h_t):
    h_next = to_state(tf.concat([embed(x_t), h_t], axis=1))
    return to_probs(h_next), h_next


_ = rnn_one_step(tf.constant([1]), initial_state(1))

# %% names_loss
@tf.function(reduce_retracing=True)
def names_loss(rows):
    columns = tf.transpose(rows)
    state = initial_state(tf.shape(rows)[0])
    said = tf.TensorArray(tf.float32, size=tf.shape(columns)[0] - 1)
    for t in tf.range(tf.shape(columns)[0] - 1):
        probs, state = rnn_one_step(columns[t], state)
        said = said.write(t, probs)
    return masked_loss(tf.transpose(said.stack(), (1, 0, 2)), rows[:, 1:])

# %% training
rnn_losses = []
EPOCHS, BATCH = (30, 64) if TIER == "full" else (16, 64)
weights = [w for layer in (embed, to_state, to_probs) for w in layer.trainable_weights] + [first]
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
