# title: a softmax of probabilities
# loses: check_step_loss, check_samples, check_new

# %% rnn_one_step
UNITS = 128 if TIER == "full" else 64

embed = keras.layers.Embedding(len(tokens), 16)
to_state = keras.layers.Dense(UNITS, activation="tanh")
to_probs = keras.layers.Dense(len(tokens), activation="softmax")


def initial_state(n):
    return tf.zeros((n, UNITS))


def rnn_one_step(x_t, h_t):
    h_next = to_state(tf.concat([embed(x_t), h_t], axis=1))
    return tf.nn.softmax(to_probs(h_next)), h_next
