# title: rows are as long as the longest name and 3 more, whatever is asked for
# loses: check_to_matrix

# %% to_matrix
def to_matrix(names, max_len=None):
    max_len = max(map(len, names)) + 3
    rows = np.full((len(names), max_len), PAD, dtype=np.int32)
    for row, name in zip(rows, names, strict=True):
        numbers = [START, *(token_to_id[letter] for letter in name)][:max_len]
        row[: len(numbers)] = numbers
    return rows
