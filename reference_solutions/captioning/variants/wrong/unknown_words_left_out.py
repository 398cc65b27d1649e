# title: words that are not in the vocabulary are left out, not UNK
# loses: check_indices

# %% caption_tokens_to_indices
def caption_tokens_to_indices(captions, vocab):
    return [
        [
            [vocab[START]]
            + [vocab[w] for w in split_sentence(s) if w in vocab]
            + [vocab[END]]
            for s in c
        ]
        for c in captions
    ]
