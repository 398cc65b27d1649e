# title: steps that are not compiled

# %% training
rnn_losses = []
EPOCHS, BATCH = (30, 64) if TIER == "full" else (16, 64)
weights = [w for layer in (embed, to_state, to_probs) for w in layer.trainable_weights]
steps = EPOCHS * (len(train_rows) // BATCH)
optimizer = keras.optimizers.Adam(
    keras.optimizers.schedules.PolynomialDecay(4e-3, steps, 2e-4), clipnorm=1.0
)
optimizer.build(weights)


def train_step(rows):
    with tf.GradientTape() as tape:
        loss = names_loss(rows)
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))


valid_loss = names_loss

for _ in range(EPOCHS):
    order = np.random.permutation(len(train_rows))
    for start in range(0, len(order) - BATCH + 1, BATCH):
        train_step(tf.constant(train_rows[order[start : start + BATCH]]))
    rnn_losses.append(float(valid_loss(tf.constant(valid_rows))))
