# title: sentences are split at spaces, full stops stay at their words
# loses: check_split_sentence
# may lose: check_next_words, check_losses

# %% split_sentence
def split_sentence(sentence):
    return sentence.lower().split()
