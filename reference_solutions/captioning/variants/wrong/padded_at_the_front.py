# title: rows are filled up at their beginning
# loses: check_matrix

# %% batch_captions_to_matrix
def batch_captions_to_matrix(batch_captions, pad_idx, max_len=None):
    columns = max(map(len, batch_captions))
    if max_len is not None:
        columns = min(columns, max_len)
    rows = [list(c)[:columns] for c in batch_captions]
    return np.array([[pad_idx] * (columns - len(r)) + r for r in rows], dtype=np.int32)


# %% + after:check_matrix
_handed_in = batch_captions_to_matrix


# Trained with right matrices, so that the slip shows where it is asked about.
def batch_captions_to_matrix(batch_captions, pad_idx, max_len=None):
    columns = max(map(len, batch_captions))
    columns = columns if max_len is None else min(max_len, columns)
    return np.array([(list(c) + [pad_idx] * columns)[:columns] for c in batch_captions], np.int32)


# %% + after:check_losses
batch_captions_to_matrix = _handed_in
