# title: words by hand, matrices by lists, batches by random.sample

# %% split_sentence
def split_sentence(sentence):
    letters = [c if c.isalnum() else " " for c in sentence.lower()]
    return "".join(letters).split()


# %% batch_captions_to_matrix
def batch_captions_to_matrix(batch_captions, pad_idx, max_len=None):
    width = max(len(c) for c in batch_captions)
    if max_len is not None and max_len < width:
        width = max_len
    return np.array([(list(c) + [pad_idx] * width)[:width] for c in batch_captions])


# %% generate_batch
import random

random.seed(SEED)


def generate_batch(features, indexed_captions, batch_size, pad_idx, max_len=None):
    chosen = random.sample(range(len(features)), batch_size)
    captions = [random.choice(indexed_captions[k]) for k in chosen]
    return np.stack([features[k] for k in chosen]), batch_captions_to_matrix(captions, pad_idx, max_len)


# %% encode
def encode(images):
    parts = [encoder(tf.cast(images[k : k + 50], tf.float32) / 128.0 - 127 / 128, training=False)
             for k in range(0, len(images), 50)]
    return np.concatenate(parts)
