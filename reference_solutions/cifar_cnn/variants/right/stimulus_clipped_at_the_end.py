# title: the picture is clipped once, at the end; the gradient is divided by its standard deviation

# %% find_maximum_stimuli
def find_maximum_stimuli(model, layer_name, unit, start, steps=30, step_size=0.02):
    inner = keras.Model(model.inputs, model.get_layer(layer_name).output)
    x = tf.Variable(start[None])
    for _ in range(steps):
        with tf.GradientTape() as tape:
            r = tf.reduce_mean(inner(x)[..., unit])
        g = tape.gradient(r, x)
        g = g / (tf.math.reduce_std(g) + 1e-8)
        x.assign_add(step_size * g)
    return np.clip(x.numpy(), -0.5, 0.5)
# %% confusion
def confusion(y, predicted, classes):
    return tf.math.confusion_matrix(y, predicted, num_classes=classes)

# %% one_hot
def one_hot(y, classes):
    return tf.one_hot(y, classes)

# %% prepare
def prepare(images):
    return (tf.cast(images, tf.float32) - 127.5) / 255
