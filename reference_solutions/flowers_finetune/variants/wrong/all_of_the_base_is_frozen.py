# title: the head alone learns
# loses: check_model, check_curve, check_accuracy

# %% build_model
def build_model(base, classes, first_trainable):
    base.trainable = False
    pictures = keras.Input(base.input_shape[1:])
    x = keras.layers.GlobalAveragePooling2D()(base(pictures))
    x = keras.layers.Dropout(0.3)(x)
    x = keras.layers.Dense(classes, activation="softmax")(x)
    return keras.Model(pictures, x)
