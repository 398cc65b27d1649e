# title: blocks are layers of one's own that hold their convolutions, some of them derived from Keras'

# %% make_model
class Leaky(keras.layers.Conv2D):
    def call(self, x):
        return tf.nn.leaky_relu(super().call(x), 0.1)


class Block(keras.layers.Layer):
    def __init__(self, first, second):
        super().__init__()
        self.first = keras.layers.Conv2D(first, 3, padding="same")
        self.second = Leaky(second, 3, padding="same")
        self.pool = keras.layers.MaxPooling2D()
        self.drop = keras.layers.Dropout(0.25)

    def call(self, x, training=False):
        x = self.second(tf.nn.leaky_relu(self.first(x), 0.1))
        return self.drop(self.pool(x), training=training)


def make_model():
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            Block(16, 32),
            Block(32, 64),
            keras.layers.Flatten(),
            keras.layers.Dense(256),
            keras.layers.LeakyReLU(negative_slope=0.1),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
