# title: batch normalisation of the base is to be put to rest by `training=False`, and is not
# loses: check_model

# %% build_model
def build_model(base, classes, first_trainable):
    first = [layer.name for layer in base.layers].index(first_trainable)
    for k, layer in enumerate(base.layers):
        layer.trainable = k >= first
    pictures = keras.Input(base.input_shape[1:])
    x = keras.layers.GlobalAveragePooling2D()(base(pictures, training=False))
    x = keras.layers.Dropout(0.3)(x)
    x = keras.layers.Dense(classes, activation="softmax")(x)
    return keras.Model(pictures, x)
