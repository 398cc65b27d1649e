# title: more than five times, not at least five
# loses: check_vocabulary

# %% generate_vocabulary
def generate_vocabulary(train_captions):
    counts = Counter(w for c in train_captions for s in c for w in split_sentence(s))
    words = [w for w, n in counts.items() if n > 5] + [PAD, UNK, START, END]
    return {w: k for k, w in enumerate(words)}
