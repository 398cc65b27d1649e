# title: rows begin with the first letter: no START
# loses: check_to_matrix

# %% to_matrix
def to_matrix(names, max_len=None):
    if max_len is None:
        max_len = max(map(len, names)) + 2
    rows = np.full((len(names), max_len), PAD, dtype=np.int32)
    for row, name in zip(rows, names, strict=True):
        numbers = [token_to_id[letter] for letter in name][:max_len]
        row[: len(numbers)] = numbers
    return rows
