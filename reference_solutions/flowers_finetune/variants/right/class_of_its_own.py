# title: a subclassed model around the base, which cannot leave the notebook as a file

# %% build_model
class Taught(keras.Model):
    def __init__(self, base, classes):
        super().__init__()
        self.base = base
        self.pool = keras.layers.GlobalAveragePooling2D()
        self.drop = keras.layers.Dropout(0.3)
        self.head = keras.layers.Dense(classes, activation="softmax")

    def call(self, x, training=False):
        return self.head(self.drop(self.pool(self.base(x, training=False)), training=training))


def build_model(base, classes, first_trainable):
    names = [layer.name for layer in base.layers]
    for k, layer in enumerate(base.layers):
        late = k >= names.index(first_trainable)
        layer.trainable = late and not isinstance(layer, keras.layers.BatchNormalization)
    taught = Taught(base, classes)
    taught(np.zeros((1, *base.input_shape[1:]), dtype=np.float32))
    return taught
