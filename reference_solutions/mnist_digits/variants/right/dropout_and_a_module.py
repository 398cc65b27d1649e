# title: dropout while training, layers of a tf.Module, batches by tf.data

# %% mlp_train
class Layer(tf.Module):
    def __init__(self, inputs, units):
        super().__init__()
        self.M = tf.Variable(tf.random.truncated_normal((inputs, units), stddev=(2 / inputs) ** 0.5))
        self.c = tf.Variable(tf.zeros(units))

    def __call__(self, X):
        return X @ self.M + self.c


first, second, third = Layer(784, 256), Layer(256, 256), Layer(256, 10)
everything = [v for layer in (first, second, third) for v in layer.trainable_variables]
optimizer_2 = keras.optimizers.Nadam(1e-3)


def mlp_logits(X, rate=0.0):
    hidden = tf.nn.dropout(tf.nn.relu(first(X)), rate)
    return third(tf.nn.relu(second(hidden)))


@tf.function
def train_epoch(data):
    for X, Y in data:
        with tf.GradientTape() as tape:
            loss = cross_entropy(mlp_logits(X, 0.1), Y)
        optimizer_2.apply(tape.gradient(loss, everything), everything)


data = tf.data.Dataset.from_tensor_slices((X_train, Y_train)).shuffle(60_000).batch(128)
optimizer_2.build(everything)
mlp_history = []
for epoch in range(EPOCHS + 5):
    train_epoch(data)
    mlp_history.append(cross_entropy(mlp_logits(X_valid), Y_valid).numpy())

# %% keras_train
model = keras.Sequential(
    [
        keras.layers.Input((784,)),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dense(256, activation="relu"),
        keras.layers.Dropout(0.1),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="categorical_crossentropy")
fitted = model.fit(X_train, Y_train, batch_size=128, epochs=EPOCHS + 5, validation_data=(X_valid, Y_valid), verbose=0)
keras_history = fitted.history["val_loss"]
