# written from: face_autoencoder.ipynb as released, nothing else
# declares: right
# design: PCA by the small Gram matrix or the scatter matrix, whichever is smaller; Sequential encoder with pooling and ELU, decoder of residual blocks with a scaled tanh at the end; trained by fit with Huber loss, mse as a metric, weights of the best epoch; denoiser is a chained pair plus a path at full size, noise from a GaussianNoise layer

# %% fit_pca
def fit_pca(X, code_size):
    """Mean and leading principal components of rows.

    X float [n, d]; returns (mean [d], components [code_size, d]): rows of length 1, orthogonal to
    each other. Their order and their signs do not matter.
    """
    rows = np.array(X, dtype=np.float64)
    mu = rows.mean(axis=0)
    rows -= mu
    n, d = rows.shape
    if n < d:  # eigenvectors of X X^T, carried over by X^T
        _, u = np.linalg.eigh(rows @ rows.T)
        directions = rows.T @ u[:, : -code_size - 1 : -1]
    else:
        _, v = np.linalg.eigh(rows.T @ rows)
        directions = v[:, : -code_size - 1 : -1]
    # QR makes them exactly orthonormal, also where the rows vary in fewer directions than asked for
    q, _ = np.linalg.qr(directions)
    return mu, q.T

# %% pca_redraw
def pca_redraw(X, mean, components):
    """Rows as they are drawn again from their codes.

    X float [n, d], mean [d], components [k, d] with orthonormal rows; returns [n, d].
    """
    X, mean, components = (np.asarray(a) for a in (X, mean, components))
    return mean + (X - mean).dot(components.T).dot(components)

# %% build_deep_autoencoder
def build_deep_autoencoder(img_shape, code_size):
    """New untrained models: (encoder, decoder).

    img_shape: (height, width, channels); code_size: 1 to 512.
    """
    L = keras.layers
    h, w, c = img_shape
    base = 16 if TIER == "mini" else 32

    encoder = keras.Sequential([keras.Input(shape=img_shape)])
    for level in range(4):
        encoder.add(L.Conv2D(base * 2**level, 3, padding="same", activation="elu"))
        encoder.add(L.MaxPooling2D(2))
    encoder.add(L.Flatten())
    encoder.add(L.Dense(code_size))

    code = keras.Input(shape=(code_size,))
    y = L.Dense((h // 16) * (w // 16) * 8 * base, activation="elu")(code)
    y = L.Reshape((h // 16, w // 16, 8 * base))(y)
    for maps in (4 * base, 2 * base, base):
        y = L.Conv2DTranspose(maps, 3, strides=2, padding="same", activation="elu")(y)
        inner = L.Conv2D(maps, 3, padding="same", activation="elu")(y)
        y = L.Add()([y, inner])
    y = L.Conv2DTranspose(c, 4, strides=2, padding="same", activation="tanh")(y)
    return encoder, keras.Model(code, L.Rescaling(0.5)(y))

# %% training
encoder, decoder = build_deep_autoencoder(IMG_SHAPE, CODE_SIZE)
_in = keras.Input(IMG_SHAPE)
chain = keras.Model(_in, decoder(encoder(_in)))

_epochs = EPOCHS * 10 // 7 if TIER == "mini" else EPOCHS
_data = (
    tf.data.Dataset.from_tensor_slices(x_train)
    .shuffle(len(x_train))
    .batch(BATCH)
    .map(lambda x: (x, x))
    .prefetch(2)
)
chain.compile(
    optimizer=keras.optimizers.Adamax(
        keras.optimizers.schedules.PolynomialDecay(0.005, _epochs * len(_data), end_learning_rate=1e-4)
    ),
    loss=keras.losses.Huber(delta=0.3),
    metrics=["mse"],
)


class KeepLowest(keras.callbacks.Callback):
    """Goes back to the weights of the lowest mse on the validation faces."""

    lowest, kept = np.inf, None

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_mse"] < self.lowest:
            self.lowest, self.kept = logs["val_mse"], self.model.get_weights()

    def on_train_end(self, logs=None):
        self.model.set_weights(self.kept)


_told = chain.fit(
    _data, epochs=_epochs, validation_data=(x_valid, x_valid), validation_batch_size=250,
    callbacks=[KeepLowest()], verbose=0,
).history
history = {"loss": list(_told["mse"]), "val_loss": list(_told["val_mse"])}

# %% apply_gaussian_noise
_noise_source = np.random.default_rng()


def apply_gaussian_noise(X, sigma=0.1):
    """Pictures with Gaussian noise of standard deviation sigma added to every number.

    X float [n, height, width, channels]; returns floats of the same shape, not clipped.
    """
    noise = sigma * _noise_source.standard_normal(np.shape(X), dtype=np.float32)
    return np.add(X, noise)

# %% denoiser
def make_denoiser():
    """A pair through a wide code, and beside it a path of dilated convolutions; noise comes in training only."""
    L = keras.layers
    width = 24 if TIER == "mini" else 48
    wide_encoder, wide_decoder = build_deep_autoencoder(IMG_SHAPE, 96)
    dirty = keras.Input(IMG_SHAPE)
    dirtier = L.GaussianNoise(SIGMA)(dirty)
    sketch = wide_decoder(wide_encoder(dirtier))
    y = L.Concatenate()([dirtier, sketch])
    y = L.Conv2D(width, 4, strides=2, padding="same", activation="elu")(y)
    for rate in (1, 2, 1):
        inner = L.Conv2D(width, 3, padding="same", dilation_rate=rate, activation="elu")(y)
        y = L.Add()([y, inner])
    correction = L.Conv2DTranspose(3, 4, strides=2, padding="same")(y)
    return keras.Model(dirty, L.Add()([sketch, correction]))


denoiser = make_denoiser()
_turns = EPOCHS - 2 if TIER == "mini" else EPOCHS // 2
denoiser.compile(
    optimizer=keras.optimizers.Adam(
        keras.optimizers.schedules.PolynomialDecay(0.002, _turns * (-(-len(x_train) // BATCH)), end_learning_rate=5e-5)
    ),
    loss="mse",
)
# clean faces in, clean faces out: the layer GaussianNoise adds new noise to every batch
_ = denoiser.fit(x_train, x_train, batch_size=BATCH, epochs=_turns, verbose=0)

# %% get_similar
def get_similar(code, codes, n_neighbors=5):
    """Which codes are nearest to one, the nearest first.

    code [k]; codes [n, k], n at least n_neighbors; returns n_neighbors row numbers of `codes`.
    """
    distances = np.linalg.norm(np.asarray(codes, dtype=np.float64) - np.asarray(code, dtype=np.float64), axis=-1)
    some = np.argpartition(distances, n_neighbors - 1)[:n_neighbors]
    return some[np.argsort(distances[some])]

# %% morph
def morph(encoder, decoder, image_a, image_b, steps=9):
    """Pictures on the way from one to another, by even steps in the code.

    encoder, decoder: Keras models; image_a, image_b float32 [height, width, 3]; steps: 2 or more.
    Returns [steps, height, width, 3].
    """
    z_a = encoder.predict(image_a[np.newaxis], verbose=0)
    z_b = encoder.predict(image_b[np.newaxis], verbose=0)
    t = np.linspace(0.0, 1.0, steps, dtype=np.float32)[:, np.newaxis]
    return decoder.predict((1 - t) * z_a + t * z_b, verbose=0)

# %% attribute_direction
def attribute_direction(codes, attribute):
    """The way from faces without an attribute to faces with it.

    codes [n, k]; attribute [n]: from 0 to 1, NaN where unknown; returns [k].
    """
    codes, attribute = np.asarray(codes), np.asarray(attribute, dtype=float)
    return codes[attribute > 0.5].mean(axis=0) - codes[attribute < 0.5].mean(axis=0)

# %% change_attribute
def change_attribute(encoder, decoder, image, direction, amounts):
    """One face, moved along a direction of the code.

    encoder, decoder: Keras models; image float32 [height, width, 3]; direction [k]; amounts [m].
    Returns pictures [m, height, width, 3], drawn from code + amount * direction.
    """
    z = encoder.predict(np.expand_dims(image, 0), verbose=0)
    shifts = np.outer(np.asarray(amounts, dtype=np.float32), np.asarray(direction, dtype=np.float32))
    return decoder.predict(z + shifts, verbose=0)
