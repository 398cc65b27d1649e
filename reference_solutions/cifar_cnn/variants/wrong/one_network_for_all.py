# title: the same network at each call; the start is moved in place
# loses: check_model, check_stimuli

# %% make_model
net = keras.Sequential(
    [
        keras.Input((32, 32, 3)),
        keras.layers.Conv2D(16, 3, padding="same", activation="leaky_relu"),
        keras.layers.Conv2D(32, 3, padding="same", activation="leaky_relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Dropout(0.25),
        keras.layers.Conv2D(32, 3, padding="same", activation="leaky_relu"),
        keras.layers.Conv2D(64, 3, padding="same", activation="leaky_relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Dropout(0.25),
        keras.layers.Flatten(),
        keras.layers.Dense(256, activation="leaky_relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(10, activation="softmax"),
    ]
)


def make_model():
    return net

# %% find_maximum_stimuli
def find_maximum_stimuli(model, layer_name, unit, start, steps=30, step_size=0.02):
    inner = keras.Model(model.inputs, model.get_layer(layer_name).output)
    for _ in range(steps):
        image = tf.constant(start[None])
        with tf.GradientTape() as tape:
            tape.watch(image)
            response = tf.reduce_mean(inner(image, training=False)[..., unit])
        gradient = tape.gradient(response, image)[0].numpy()
        start += step_size * gradient / (np.sqrt((gradient**2).mean()) + 1e-8)
        np.clip(start, -0.5, 0.5, out=start)
    return start
