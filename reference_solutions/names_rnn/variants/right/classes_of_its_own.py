# title: Keras models that are classes of the notebook, with masked padding

# %% language_model
layers = keras.layers


class Reader(keras.Model):
    def __init__(self, sequences):
        super().__init__()
        self.embed = layers.Embedding(len(tokens), 24, mask_zero=not sequences)
        self.read = layers.GRU(UNITS, return_sequences=sequences)
        out = (len(tokens), "softmax") if sequences else (1, "sigmoid")
        self.say = layers.Dense(out[0], activation=out[1])

    def call(self, rows):
        return self.say(self.read(self.embed(rows)))


language_model = Reader(True)
_epochs = 20 if TIER == "full" else 14
_steps = _epochs * (len(train_rows) // 128)
language_model.compile(
    keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(1e-2, _steps, 5e-4)),
    loss="sparse_categorical_crossentropy",
)
language_model.fit(
    train_rows[:, :-1],
    train_rows[:, 1:],
    sample_weight=(train_rows[:, :-1] != PAD).astype("float32"),
    batch_size=128,
    epochs=_epochs,
    verbose=0,
)

# %% classifier
def disordered(rows):
    mixed = rows.copy()
    for row in mixed:
        size = np.count_nonzero(row)
        row[1:size] = np.random.permutation(row[1:size])
    return mixed


classifier = Reader(False)
_rounds = 12 if TIER == "full" else 8
_steps = _rounds * (2 * len(train_rows) // 128)
classifier.compile(
    keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(1e-2, _steps, 5e-4)),
    loss="binary_crossentropy",
)
for _ in range(_rounds):
    classifier.fit(
        np.concatenate([train_rows, disordered(train_rows)]),
        np.repeat([1.0, 0.0], len(train_rows)),
        batch_size=128,
        verbose=0,
    )
