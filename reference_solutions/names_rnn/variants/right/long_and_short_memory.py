# title: an LSTM by hand whose two states lie side by side in one tensor

# %% rnn_one_step
UNITS = 128 if TIER == "full" else 64

embed = keras.layers.Embedding(len(tokens), 16)
to_state = keras.layers.Dense(4 * UNITS)
to_probs = keras.layers.Dense(len(tokens), activation="softmax")


def initial_state(n):
    return tf.zeros((n, 2 * UNITS))


def rnn_one_step(x_t, h_t):
    h, memory = tf.split(h_t, 2, axis=1)
    i, f, o, g = tf.split(to_state(tf.concat([embed(x_t), h], axis=1)), 4, axis=1)
    memory = tf.sigmoid(f + 1) * memory + tf.sigmoid(i) * tf.tanh(g)
    h = tf.sigmoid(o) * tf.tanh(memory)
    return to_probs(h), tf.concat([h, memory], axis=1)
