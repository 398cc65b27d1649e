# title: the picture moves downhill
# loses: check_stimuli

# %% find_maximum_stimuli
def find_maximum_stimuli(model, layer_name, unit, start, steps=30, step_size=0.02):
    inner = keras.Model(model.inputs, model.get_layer(layer_name).output)
    x = tf.Variable(start[None])
    for _ in range(steps):
        with tf.GradientTape() as tape:
            r = tf.reduce_mean(inner(x)[..., unit])
        g = tape.gradient(r, x)
        g = g / (tf.sqrt(tf.reduce_mean(g * g)) + 1e-8)
        x.assign(tf.clip_by_value(x - step_size * g, -0.5, 0.5))
    return x.numpy()[0]
