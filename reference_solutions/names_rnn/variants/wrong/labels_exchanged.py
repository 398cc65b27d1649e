# title: the classifier says how likely it is no name
# loses: check_classifier

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
        keras.layers.GRU(UNITS // 2),
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
        np.repeat([0.0, 1.0], len(train_rows)),
        batch_size=128,
        verbose=0,
    )
