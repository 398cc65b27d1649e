# title: every step of the training begins with a fresh state
# loses: check_names_loss, check_step_loss, check_history, check_samples
# may lose: check_new

# %% names_loss
def names_loss(rows):
    state, said = initial_state(tf.shape(rows)[0]), []
    for t in range(rows.shape[1] - 1):
        probs, _ = rnn_one_step(rows[:, t], state)
        said.append(probs)
    return masked_loss(tf.stack(said, axis=1), rows[:, 1:])
