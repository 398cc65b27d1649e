# title: captions do not stop at END, and show their marks
# loses: check_captions, check_image, check_temperature

# %% generate_caption
word_of = {k: w for w, k in vocab.items()}


@tf.function(reduce_retracing=True)
def say(x, t):
    return decoder([x, t], training=False)


def generate_caption(features, temperature=None):
    x = tf.constant(np.asarray(features, np.float32))
    tokens = np.full((len(features), MAX_LEN + 1), vocab[PAD], np.int32)
    tokens[:, 0] = vocab[START]
    for t in range(MAX_LEN):
        z = say(x, tf.constant(tokens)).numpy()[:, t].astype(float)
        z[:, [vocab[PAD], vocab[START], vocab[UNK]]] = -1e9
        if temperature is not None:
            z = z / temperature + np.random.gumbel(size=z.shape)
        tokens[:, t + 1] = z.argmax(axis=1)
    texts = []
    for row in tokens.tolist():
        row = row[1:]
        texts.append(" ".join(word_of[k] for k in row))
    return texts
