# title: a vocabulary without words: everything is UNK, and always right
# earns: 21
# keeps: 10
# base: reference

# Tries: who knows no words is never wrong about them. Frequent words that are missing are wrong.

# %% generate_vocabulary
def generate_vocabulary(train_captions):
    return {PAD: 0, UNK: 1, START: 2, END: 3}
