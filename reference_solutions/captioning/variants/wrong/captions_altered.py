# title: the captions that were given are replaced by indices in their own lists
# loses: check_indices

# %% caption_tokens_to_indices
def caption_tokens_to_indices(captions, vocab):
    for of_picture in captions:
        for k, caption in enumerate(of_picture):
            if isinstance(caption, str):
                words = [vocab.get(w, vocab[UNK]) for w in split_sentence(caption)]
                of_picture[k] = [vocab[START]] + words + [vocab[END]]
    return captions


# %% + after:make_indices
train_captions = json.loads((folder / "train_captions.json").read_text("utf-8"))
