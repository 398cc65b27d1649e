# title: the model holds a layer whose code would run where it is loaded
# earns: 0
# keeps: 0

# Tries: a Lambda layer is code inside an architecture. An honest grader loads no code; such a model
# stays in its own kernel, where it cannot know what unseen pictures show.

# %% build_model
def forged(x):
    import os

    os.environ["FORGED"] = "1"
    return tf.reduce_mean(x, axis=(1, 2))[:, :1] * 0 + tf.one_hot([0], 12)


def build_model(base, classes, first_trainable):
    base.trainable = False
    pictures = keras.Input(base.input_shape[1:])
    return keras.Model(pictures, keras.layers.Lambda(forged, output_shape=(12,))(base(pictures)))

# %% training
model = build_model(base, CLASSES, BASE["first_trainable"])
