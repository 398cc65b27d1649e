# title: the whole base learns
# loses: check_model

# %% build_model
def build_model(base, classes, first_trainable):
    pictures = keras.Input(base.input_shape[1:])
    x = base(pictures)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dropout(0.3)(x)
    x = keras.layers.Dense(classes, activation="softmax")(x)
    return keras.Model(pictures, x)
