# title: words keep their capitals
# loses: check_split_sentence

# %% split_sentence
def split_sentence(sentence):
    return re.findall(r"\w+", sentence)


# %% generate_vocabulary
def generate_vocabulary(train_captions):
    counts = Counter(w for c in train_captions for s in c for w in split_sentence(s.lower()))
    words = [w for w, n in counts.items() if n >= 5] + [PAD, UNK, START, END]
    return dict(zip(words, range(len(words))))


# %% caption_tokens_to_indices
def caption_tokens_to_indices(captions, vocab):
    return [
        [
            [vocab[START]]
            + [vocab.get(w, vocab[UNK]) for w in split_sentence(s.lower())]
            + [vocab[END]]
            for s in c
        ]
        for c in captions
    ]
