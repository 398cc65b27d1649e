# title: pictures of a batch are drawn with replacement
# loses: check_batch

# %% generate_batch
def generate_batch(features, indexed_captions, batch_size, pad_idx, max_len=None):
    chosen = np.random.randint(len(features), size=batch_size)
    captions = [indexed_captions[k][np.random.randint(len(indexed_captions[k]))] for k in chosen]
    return features[chosen], batch_captions_to_matrix(captions, pad_idx, max_len)
