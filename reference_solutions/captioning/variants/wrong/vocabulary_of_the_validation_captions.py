# title: the vocabulary is made of the validation captions
# loses: check_vocabulary
# may lose: check_next_words, check_losses

# %% generate_vocabulary
def generate_vocabulary(train_captions):
    counts = Counter(w for c in valid_captions[:60] for s in c for w in split_sentence(s))
    words = [PAD, UNK, START, END] + sorted(w for w, n in counts.items() if n >= 5)
    return {w: k for k, w in enumerate(words)}
