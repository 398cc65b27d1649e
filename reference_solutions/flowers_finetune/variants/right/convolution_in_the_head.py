# title: a convolution without padding between the base and the pooling

# %% build_model
def build_model(base, classes, first_trainable):
    names = [layer.name for layer in base.layers]
    first = names.index(first_trainable)
    for k, layer in enumerate(base.layers):
        layer.trainable = k >= first and not isinstance(layer, keras.layers.BatchNormalization)
    pictures = keras.Input(base.input_shape[1:])
    x = keras.layers.Conv2D(64, 3, activation="relu")(base(pictures, training=False))
    x = keras.layers.Dropout(0.3)(keras.layers.GlobalAveragePooling2D()(x))
    return keras.Model(pictures, keras.layers.Dense(classes, activation="softmax")(x))
