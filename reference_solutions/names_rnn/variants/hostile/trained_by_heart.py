# title: a table of all training names in the place of a network
# base: reference
# earns: 21
# keeps: 13

# Tries: the loss of the names that it has is as low as can be. Held-out names are others, and
# what it draws are training names.

# %% + after:check_history
_after = {}
for _name in train_names:
    for _k in range(len(_name) + 1):
        _found = _after.setdefault("^" + _name[:_k], np.full(len(tokens), 1e-9))
        _found[token_to_id[_name[_k]] if _k < len(_name) else PAD] += 1


def initial_state(n):
    return tf.zeros((n, WIDTH + 1))


def rnn_one_step(x_t, h_t):
    h = np.array(h_t)
    said = np.empty((len(h), len(tokens)))
    for row, token, probs in zip(h, np.asarray(x_t), said):
        size = int(row[0])
        row[0] = min(size + 1, WIDTH)
        row[1 + min(size, WIDTH - 1)] = token
        text = "".join(tokens[int(t)] for t in row[1 : 1 + int(row[0])])
        probs[:] = _after.get(text, np.full(len(tokens), 1.0))
        probs /= probs.sum()
    return tf.constant(said, tf.float32), tf.constant(h, tf.float32)
