# title: the seed phrase stands before the name, and the network has not read it
# loses: check_generate

# %% generate_sample
def generate_sample(seed_phrase="", max_length=LONGEST, temperature=1.0):
    text, state = seed_phrase, initial_state(1)
    for token in [START]:
        probs, state = rnn_one_step(tf.constant([token]), state)
    while len(text) < max_length:
        logits = np.log(np.asarray(probs[0], dtype=np.float64) + 1e-12) / temperature
        powers = np.exp(logits - logits.max())
        token = int(np.random.choice(len(tokens), p=powers / powers.sum()))
        if token in (PAD, START):
            break
        text += tokens[token]
        probs, state = rnn_one_step(tf.constant([token]), state)
    return text
