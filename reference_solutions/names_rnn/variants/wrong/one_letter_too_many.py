# title: a text may be a letter longer than asked for
# loses: check_generate

# %% generate_sample
def generate_sample(seed_phrase="", max_length=LONGEST, temperature=1.0):
    text, state = seed_phrase, initial_state(1)
    for token in [START, *(token_to_id[letter] for letter in seed_phrase)]:
        probs, state = rnn_one_step(tf.constant([token]), state)
    while len(text) <= max_length:
        p = np.asarray(probs[0], dtype=np.float64) ** (1 / temperature)
        p[START] = 0
        token = np.random.choice(len(tokens), p=p / p.sum())
        if token == PAD:
            break
        text += tokens[token]
        probs, state = rnn_one_step(tf.constant([token]), state)
    return text
