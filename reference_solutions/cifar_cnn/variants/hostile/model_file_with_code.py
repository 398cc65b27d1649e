# title: the model's file holds a layer whose code would run where it is loaded
# earns: 3
# keeps: 0

# Tries: a Lambda layer is code inside a file, and a class of its own says of itself what it likes.
# An honest grader loads no code; such a model stays in its own kernel, where it may lie about its
# own size (3 points), but cannot know what unseen pictures show.

# %% make_model
def forged(x):
    import os

    os.environ["FORGED"] = "1"
    return x[:, 0, 0, :1] * 0 + tf.constant([[1.0] + [0.0] * 9])


def make_model():
    model = keras.Sequential(
        [keras.Input((32, 32, 3))]
        + [keras.layers.Conv2D(3, 1) for _ in range(4)]
        + [keras.layers.Lambda(forged, output_shape=(10,))]
    )
    model.count_params = lambda: 10
    return model

# %% training
model = make_model()
