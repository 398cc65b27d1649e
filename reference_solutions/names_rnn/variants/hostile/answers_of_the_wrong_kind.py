# title: texts where numbers are due, numbers where texts are, and shapes that fit nothing
# base: reference
# earns: 17
# keeps: 8

# Tries: a judge that is surprised holds points, and held points wait for a person.

# %% + after:check_new
def to_matrix(names, max_len=None):
    return "rows"


def masked_loss(probs, answers):
    return np.zeros((1,) * 12)


def generate_sample(seed_phrase="", max_length=LONGEST, temperature=1.0):
    return 3.0


rnn_curve = np.zeros((40, 3))

# %% + after:check_classifier
classifier = keras.Sequential([keras.Input((WIDTH,), dtype="int32"), keras.layers.Rescaling(1.0)])
language_model = keras.Sequential([keras.Input((WIDTH,), dtype="int32"), keras.layers.Rescaling(2.0)])
