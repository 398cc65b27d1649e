# title: rows as lists, a loss by boolean mask, letters drawn by TensorFlow

# %% to_matrix
def to_matrix(names, max_len=None):
    if max_len is None:
        max_len = max(len(name) for name in names) + 2
    padded = [("^" + name + "#" * max_len)[:max_len] for name in names]
    return [[tokens.index(letter) for letter in text] for text in padded]

# %% masked_loss
def masked_loss(probs, answers):
    before = tf.pad(answers[:, :-1], ((0, 0), (1, 0)), constant_values=START)
    mask = tf.math.logical_or(before != PAD, answers != PAD)
    right = tf.boolean_mask(answers, mask)
    said = tf.boolean_mask(probs, mask)
    return tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(right, said))

# %% generate_sample
def generate_sample(seed_phrase="", max_length=LONGEST, temperature=1.0):
    read = [START] + [token_to_id[letter] for letter in seed_phrase]
    state = initial_state(1)
    while True:
        for token in read:
            probs, state = rnn_one_step(tf.constant([token]), state)
        if len(seed_phrase) >= max_length:
            return seed_phrase
        token = int(tf.random.categorical(tf.math.log(probs) / temperature, 1)[0, 0])
        if token == PAD:
            return seed_phrase
        seed_phrase += tokens[token]
        read = [token]
