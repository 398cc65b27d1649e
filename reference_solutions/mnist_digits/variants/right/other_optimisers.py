# title: momentum by hand in the network, RMSprop in Keras, tanh in both

# %% mlp_train
sizes = [784, 256, 256, 10]
mlp_variables = []
for inputs, units in zip(sizes[:-1], sizes[1:]):
    mlp_variables.append(tf.Variable(tf.random.normal((inputs, units), stddev=(1 / inputs) ** 0.5)))
    mlp_variables.append(tf.Variable(tf.zeros(units)))
mlp_speeds = [tf.Variable(tf.zeros_like(v)) for v in mlp_variables]


def mlp_logits(X):
    W1, b1, W2, b2, W3, b3 = mlp_variables
    h1 = tf.tanh(X @ W1 + b1)
    h2 = tf.tanh(h1 @ W2 + b2)
    return h2 @ W3 + b3


@tf.function(reduce_retracing=True)
def mlp_step(X, Y):
    with tf.GradientTape() as tape:
        loss = cross_entropy(mlp_logits(X), Y)
    for v, speed, g in zip(mlp_variables, mlp_speeds, tape.gradient(loss, mlp_variables)):
        speed.assign(0.9 * speed + 0.1 * g)
        v.assign_sub(speed)


mlp_history = []
for epoch in range(EPOCHS):
    for X_batch, Y_batch in batches(X_train, Y_train):
        mlp_step(tf.constant(X_batch), tf.constant(Y_batch))
    mlp_history.append(float(cross_entropy(mlp_logits(X_valid), Y_valid)))

# %% keras_train
model = keras.Sequential(
    [
        keras.layers.Input((784,)),
        keras.layers.Dense(256, activation="tanh"),
        keras.layers.Dense(256, activation="tanh"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="rmsprop", loss="categorical_crossentropy")
fitted = model.fit(X_train, Y_train, batch_size=128, epochs=EPOCHS, validation_data=(X_valid, Y_valid), verbose=0)
keras_history = fitted.history["val_loss"]
