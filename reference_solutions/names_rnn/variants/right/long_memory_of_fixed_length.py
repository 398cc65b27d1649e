# title: LSTM layers for rows of a fixed length; scores in the place of probabilities

# %% language_model
layers = keras.layers
language_model = keras.Sequential(
    [
        keras.Input((WIDTH - 1,), dtype="int32"),
        layers.Embedding(len(tokens), 24),
        layers.LSTM(UNITS, return_sequences=True, unroll=True),
        layers.Dense(len(tokens)),
    ]
)
_epochs = 24 if TIER == "full" else 20
_steps = _epochs * (len(train_rows) // 128)
language_model.compile(
    keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(1e-2, _steps, 5e-4)),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
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


classifier = keras.Sequential(
    [
        keras.Input((WIDTH,), dtype="int32"),
        keras.layers.Embedding(len(tokens), 16),
        keras.layers.Bidirectional(keras.layers.LSTM(UNITS // 2)),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
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
