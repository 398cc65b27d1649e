# title: a generator that is a class of the notebook's own, around a plain network

# %% make_generator
class Generator(keras.Model):
    def __init__(self, code_size):
        super().__init__()
        L = keras.layers
        blocks = [L.Dense(1024, use_bias=False), L.Reshape((4, 4, 64)), *self.normalised()]
        for maps in (32, 16):
            blocks.append(L.Conv2DTranspose(maps, 4, strides=2, padding="same", use_bias=False))
            blocks += self.normalised()
        blocks.append(L.UpSampling2D(interpolation="bilinear"))
        blocks.append(L.Conv2D(3, 3, padding="same", activation="tanh"))
        self.inner = keras.Sequential([keras.Input((code_size,)), *blocks])

    @staticmethod
    def normalised():
        return [keras.layers.BatchNormalization(momentum=0.9), keras.layers.ReLU()]

    def call(self, codes, training=False):
        return 0.5 * self.inner(codes, training=training)


def make_generator(code_size):
    made = Generator(code_size)
    made(tf.zeros((1, code_size)))
    return made
