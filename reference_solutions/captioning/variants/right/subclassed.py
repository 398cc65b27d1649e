# title: a class of its own, which cannot leave the notebook as a file

# %% make_decoder
class Teller(keras.Model):
    def __init__(self, feature_size, vocab_size):
        super().__init__()
        layers = keras.layers
        self.image = layers.Dense(64, activation="elu")
        self.h = layers.Dense(96, activation="tanh")
        self.c = layers.Dense(96, activation="tanh")
        self.words = layers.Embedding(vocab_size, 48)
        self.seen = layers.Dense(48)
        self.memory = layers.LSTM(96, return_sequences=True)
        self.drop = layers.Dropout(0.1)
        self.narrow = layers.Dense(64, activation="elu")
        self.out = layers.Dense(vocab_size)
        self([tf.zeros((1, feature_size)), tf.zeros((1, 2), tf.int32)])

    def call(self, inputs, training=False):
        features, tokens = inputs
        image = self.image(self.drop(features, training=training))
        words = self.words(tokens) + self.seen(image)[:, None]
        states = self.memory(words, initial_state=[self.h(image), self.c(image)])
        return self.out(self.narrow(self.drop(states, training=training)))


def make_decoder(feature_size, vocab_size):
    return Teller(feature_size, vocab_size)
