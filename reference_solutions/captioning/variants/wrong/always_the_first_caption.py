# title: a batch always takes the first caption of a picture
# loses: check_batch

# %% generate_batch
def generate_batch(features, indexed_captions, batch_size, pad_idx, max_len=None):
    chosen = np.random.choice(len(features), batch_size, replace=False)
    captions = [indexed_captions[k][0] for k in chosen]
    return features[chosen], batch_captions_to_matrix(captions, pad_idx, max_len)


# %% + after:check_batch
_handed_in = generate_batch


# Trained with right batches, so that the slip shows where it is asked about.
def generate_batch(features, indexed_captions, batch_size, pad_idx, max_len=None):
    chosen = np.random.choice(len(features), batch_size, replace=False)
    captions = [indexed_captions[k][np.random.randint(5)] for k in chosen]
    return features[chosen], batch_captions_to_matrix(captions, pad_idx, max_len)


# %% + after:check_losses
generate_batch = _handed_in
