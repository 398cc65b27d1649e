# title: up to 30 epochs; the weights of the best one are taken

# %% keras_train
model = keras.Sequential(
    [
        keras.layers.Input((784,)),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="categorical_crossentropy")
stop = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
fitted = model.fit(X_train, Y_train, batch_size=128, epochs=30, validation_data=(X_valid, Y_valid), verbose=0, callbacks=[stop])
keras_history = fitted.history["val_loss"]

# %% mlp_train
sizes = [784, 256, 256, 10]
mlp_variables = []
for inputs, units in zip(sizes[:-1], sizes[1:]):
    mlp_variables.append(tf.Variable(tf.random.normal((inputs, units), stddev=(2 / inputs) ** 0.5)))
    mlp_variables.append(tf.Variable(tf.zeros(units)))
mlp_optimizer = keras.optimizers.Adam(1e-3)


def mlp_logits(X):
    W1, b1, W2, b2, W3, b3 = mlp_variables
    h1 = tf.nn.relu(X @ W1 + b1)
    h2 = tf.nn.relu(h1 @ W2 + b2)
    return h2 @ W3 + b3


@tf.function(reduce_retracing=True)
def mlp_step(X, Y):
    with tf.GradientTape() as tape:
        loss = cross_entropy(mlp_logits(X), Y)
    mlp_optimizer.apply_gradients(zip(tape.gradient(loss, mlp_variables), mlp_variables))


mlp_history = []
for epoch in range(EPOCHS):
    for X_batch, Y_batch in batches(X_train, Y_train):
        mlp_step(tf.constant(X_batch), tf.constant(Y_batch))
    mlp_history.append(float(cross_entropy(mlp_logits(X_valid), Y_valid)))
    if min(mlp_history) == mlp_history[-1]:
        best = [v.numpy() for v in mlp_variables]
for v, kept in zip(mlp_variables, best):
    v.assign(kept)
