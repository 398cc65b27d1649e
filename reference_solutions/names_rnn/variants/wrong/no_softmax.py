# title: the step gives scores, and the loss takes their logarithm
# loses: check_step, check_losses, check_step_loss, check_history, check_samples, check_new

# %% rnn_one_step
UNITS = 128 if TIER == "full" else 64

embed = keras.layers.Embedding(len(tokens), 16)
to_state = keras.layers.Dense(UNITS, activation="tanh")
to_probs = keras.layers.Dense(len(tokens))


def initial_state(n):
    return tf.zeros((n, UNITS))


def rnn_one_step(x_t, h_t):
    h_next = to_state(tf.concat([embed(x_t), h_t], axis=1))
    return to_probs(h_next), h_next
