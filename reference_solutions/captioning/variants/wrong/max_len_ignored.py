# title: always as wide as the longest caption
# loses: check_matrix

# %% batch_captions_to_matrix
def batch_captions_to_matrix(batch_captions, pad_idx, max_len=None):
    columns = max(map(len, batch_captions))
    rows = [list(c) + [pad_idx] * (columns - len(c)) for c in batch_captions]
    return np.array(rows, dtype=np.int32)


# %% + after:check_matrix
_handed_in = batch_captions_to_matrix


# Trained with right matrices, so that the slip shows where it is asked about.
def batch_captions_to_matrix(batch_captions, pad_idx, max_len=None):
    columns = max(map(len, batch_captions))
    columns = columns if max_len is None else min(max_len, columns)
    return np.array([(list(c) + [pad_idx] * columns)[:columns] for c in batch_captions], np.int32)


# %% + after:check_losses
batch_captions_to_matrix = _handed_in
