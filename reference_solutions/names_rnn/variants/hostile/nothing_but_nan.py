# title: NaN from everything that says a probability, and endless numbers in the losses
# base: reference
# earns: 14
# keeps: 8

# Tries: comparisons with NaN are false, and sums of huge numbers overflow.

# %% + after:check_losses
_sound = rnn_one_step


def rnn_one_step(x_t, h_t):
    probs, state = _sound(x_t, h_t)
    return probs * np.nan, state


rnn_curve = np.array([np.nan, np.inf, 1e308] * 20)

# %% + after:check_classifier
language_model.set_weights([w * np.nan for w in language_model.get_weights()])
classifier.set_weights([w * np.inf for w in classifier.get_weights()])
