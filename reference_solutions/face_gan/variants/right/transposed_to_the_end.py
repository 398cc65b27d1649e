# title: the functional API, transposed convolutions of 5 x 5 and half as many steps more

# %% make_generator
def make_generator(code_size):
    L = keras.layers
    code = keras.Input((code_size,))
    x = L.Dense(4 * 4 * 64, use_bias=False)(code)
    x = L.Reshape((4, 4, 64))(x)
    x = L.ReLU()(L.BatchNormalization(momentum=0.9)(x))
    for maps in (32, 24):
        x = L.Conv2DTranspose(maps, 4, strides=2, padding="same", use_bias=False)(x)
        x = L.ReLU()(L.BatchNormalization(momentum=0.9)(x))
    x = L.UpSampling2D(interpolation="bilinear")(x)
    x = L.Conv2D(3, 5, padding="same")(x)
    x = L.Activation("sigmoid")(x)
    return keras.Model(code, L.Rescaling(1.0, offset=-0.5)(x))
