# title: dense layers in the place of a recurrent one
# loses: check_model

# %% language_model
layers = keras.layers
language_model = keras.Sequential(
    [
        keras.Input((None,), dtype="int32"),
        layers.Embedding(len(tokens), 24),
        layers.Dense(UNITS, activation="tanh"),
        layers.Dense(len(tokens), activation="softmax"),
    ]
)
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
