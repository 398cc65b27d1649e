# title: a class of its own

# %% make_model
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.convs = [keras.layers.Conv2D(n, 3, padding="same") for n in (16, 32, 32, 64)]
        self.pool = keras.layers.MaxPooling2D()
        self.drop = keras.layers.Dropout(0.25)
        self.flat = keras.layers.Flatten()
        self.wide = keras.layers.Dense(256)
        self.half = keras.layers.Dropout(0.5)
        self.last = keras.layers.Dense(10, activation="softmax")

    def call(self, x, training=False):
        for k, conv in enumerate(self.convs):
            x = tf.nn.leaky_relu(conv(x), 0.1)
            if k % 2 == 1:
                x = self.drop(self.pool(x), training=training)
        x = tf.nn.leaky_relu(self.wide(self.flat(x)), 0.1)
        return self.last(self.half(x, training=training))


def make_model():
    return Net()
