# title: a batch's features and captions are drawn apart
# loses: check_batch, check_next_words, check_captions, check_image

# %% generate_batch
def generate_batch(features, indexed_captions, batch_size, pad_idx, max_len=None):
    chosen = np.random.choice(len(features), batch_size, replace=False)
    others = np.random.choice(len(features), batch_size, replace=False)
    captions = [indexed_captions[k][np.random.randint(len(indexed_captions[k]))] for k in chosen]
    return features[others], batch_captions_to_matrix(captions, pad_idx, max_len)
