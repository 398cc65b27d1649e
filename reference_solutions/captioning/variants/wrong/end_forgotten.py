# title: captions get no END
# loses: check_indices, check_next_words, check_captions, check_image

# %% caption_tokens_to_indices
def caption_tokens_to_indices(captions, vocab):
    return [
        [[vocab[START]] + [vocab.get(w, vocab[UNK]) for w in split_sentence(s)] for s in c]
        for c in captions
    ]
