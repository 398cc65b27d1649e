# title: a Keras model of its own with a train_step, losses by epoch

# %% training
generator, discriminator = make_generator(CODE_SIZE), make_discriminator()


def optimiser_of(network):
    start = 2e-4 if TIER == "full" else 1e-3
    falling = keras.optimizers.schedules.PolynomialDecay(start, STEPS, 0.05 * start)
    optimiser = keras.optimizers.Adam(falling, beta_1=0.5)
    optimiser.build(network.trainable_weights)
    return optimiser


d_optimiser, g_optimiser = optimiser_of(discriminator), optimiser_of(generator)


class Game(keras.Model):
    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.d_mean, self.g_mean = keras.metrics.Mean("d"), keras.metrics.Mean("g")

    @property
    def metrics(self):
        return [self.d_mean, self.g_mean]

    def train_step(self, real):
        n = tf.shape(real)[0]
        d = discriminator_step(self.generator, self.discriminator, d_optimiser, real, tf.random.normal((n, CODE_SIZE)))
        g = generator_step(self.generator, self.discriminator, g_optimiser, tf.random.normal((n, CODE_SIZE)))
        self.d_mean.update_state(d)
        self.g_mean.update_state(g)
        return {"d": self.d_mean.result(), "g": self.g_mean.result()}


game = Game(generator, discriminator)
game.compile()
per_epoch = -(-len(faces) // BATCH)
told = game.fit(faces, batch_size=BATCH, epochs=max(20, -(-STEPS // per_epoch)), verbose=0).history
d_losses, g_losses = told["d"], told["g"]
