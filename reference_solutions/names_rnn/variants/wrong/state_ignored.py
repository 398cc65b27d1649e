# title: the step looks at the token alone, and hands on what it was given
# loses: check_step, check_step_loss, check_history, check_samples, check_new

# %% rnn_one_step
UNITS = 128 if TIER == "full" else 64

embed = keras.layers.Embedding(len(tokens), 16)
to_state = keras.layers.Dense(UNITS, activation="tanh")
to_probs = keras.layers.Dense(len(tokens), activation="softmax")


def initial_state(n):
    return tf.zeros((n, UNITS))


def rnn_one_step(x_t, h_t):
    return to_probs(to_state(embed(x_t))), h_t
