# written from: face_autoencoder.ipynb as released, nothing else
# declares: right
# design: functional strided convolutions with swish, decoder of nearest upsampling with a sigmoid less 0.5, own GradientTape loop with AdamW and cosine decay that leaves a plain dictionary; U-Net denoiser fed with new noise by a PyDataset

# %% fit_pca
def fit_pca(X, code_size):
    """Mean and leading principal components of rows.

    X float [n, d]; returns (mean [d], components [code_size, d]): rows of length 1, orthogonal to
    each other. Their order and their signs do not matter.
    """
    centre = np.mean(X, axis=0, dtype=np.float64)
    deviations = np.asarray(X, dtype=np.float64) - centre
    scatter = deviations.T @ deviations
    _, vectors = np.linalg.eigh(scatter)
    return centre, vectors[:, ::-1][:, :code_size].T

# %% pca_redraw
def pca_redraw(X, mean, components):
    """Rows as they are drawn again from their codes.

    X float [n, d], mean [d], components [k, d] with orthonormal rows; returns [n, d].
    """
    z = np.einsum("nd,kd->nk", X - mean, components)
    return np.einsum("nk,kd->nd", z, components) + mean

# %% build_deep_autoencoder
def build_deep_autoencoder(img_shape, code_size):
    """New untrained models: (encoder, decoder).

    img_shape: (height, width, channels); code_size: 1 to 512.
    """
    height, width, colours = img_shape
    plan = (16, 32, 64, 96) if TIER == "mini" else (32, 64, 128, 256)

    picture = keras.Input(shape=(height, width, colours))
    h = picture
    for maps in plan:
        h = keras.layers.Conv2D(maps, 4, strides=2, padding="same", activation="swish")(h)
    code = keras.layers.Dense(code_size)(keras.layers.Flatten()(h))

    code_in = keras.Input(shape=(code_size,))
    h = keras.layers.Dense(height // 16 * (width // 16) * plan[-1], activation="swish")(code_in)
    h = keras.layers.Reshape((height // 16, width // 16, plan[-1]))(h)
    for maps in plan[-2::-1]:
        h = keras.layers.UpSampling2D(2)(h)
        h = keras.layers.Conv2D(maps, 3, padding="same", activation="swish")(h)
    h = keras.layers.Conv2DTranspose(colours, 4, strides=2, padding="same", activation="sigmoid")(h)
    drawn = keras.layers.Rescaling(1.0, offset=-0.5)(h)
    return keras.Model(picture, code), keras.Model(code_in, drawn)

# %% training
encoder, decoder = build_deep_autoencoder(IMG_SHAPE, CODE_SIZE)
rounds = EPOCHS + EPOCHS // 3
per_round = len(x_train) // BATCH
optimizer = keras.optimizers.AdamW(
    keras.optimizers.schedules.CosineDecay(
        2e-4, rounds * per_round, alpha=0.02, warmup_target=2e-3, warmup_steps=per_round
    ),
    weight_decay=1e-5,
)
trained = encoder.trainable_weights + decoder.trainable_weights
optimizer.build(trained)


@tf.function
def learn(batch):
    with tf.GradientTape() as tape:
        error = tf.reduce_mean(tf.square(decoder(encoder(batch, training=True), training=True) - batch))
    optimizer.apply_gradients(zip(tape.gradient(error, trained), trained))
    return error


def mean_error(pictures):
    again = decoder.predict(encoder.predict(pictures, batch_size=250, verbose=0), batch_size=250, verbose=0)
    return float(np.mean(np.square(again - pictures)))


history = {"loss": [], "val_loss": []}
for _ in range(rounds):
    order = np.random.permutation(len(x_train))[: per_round * BATCH].reshape(per_round, BATCH)
    history["loss"].append(float(np.mean([learn(tf.constant(x_train[rows])) for rows in order])))
    history["val_loss"].append(mean_error(x_valid))

# %% apply_gaussian_noise
def apply_gaussian_noise(X, sigma=0.1):
    """Pictures with Gaussian noise of standard deviation sigma added to every number.

    X float [n, height, width, channels]; returns floats of the same shape, not clipped.
    """
    X = np.asarray(X)
    return X + np.random.normal(0.0, sigma, size=X.shape).astype(X.dtype)

# %% denoiser
class NoisyPairs(keras.utils.PyDataset):
    """Batches of (noisy face, clean face); the noise is drawn when the batch is asked for."""

    def __init__(self, clean):
        super().__init__()
        self.clean, self.order = clean, np.random.permutation(len(clean))

    def __len__(self):
        return len(self.clean) // BATCH

    def __getitem__(self, number):
        batch = self.clean[self.order[number * BATCH : (number + 1) * BATCH]]
        return apply_gaussian_noise(batch, SIGMA), batch

    def on_epoch_end(self):
        self.order = np.random.permutation(len(self.clean))


def unet(first):
    def conv(h, maps, strides=1):
        return keras.layers.Conv2D(maps, 3, strides=strides, padding="same", activation="swish")(h)

    noisy = keras.Input(IMG_SHAPE)
    fine = conv(noisy, first)
    middle = conv(conv(fine, 2 * first, 2), 2 * first)
    coarse = conv(conv(middle, 4 * first, 2), 4 * first)
    deepest = conv(coarse, 4 * first, 2)
    h = keras.layers.Flatten()(deepest)
    h = keras.layers.Dense(64, activation="swish")(h)
    h = keras.layers.Dense(4 * 4 * 4 * first, activation="swish")(h)
    h = keras.layers.Add()([keras.layers.Reshape((4, 4, 4 * first))(h), deepest])
    for maps, shortcut in ((4 * first, coarse), (2 * first, middle), (first, fine)):
        h = keras.layers.Conv2DTranspose(maps, 4, strides=2, padding="same", activation="swish")(h)
        h = conv(keras.layers.Concatenate()([h, shortcut]), maps)
    clean = keras.layers.Conv2D(3, 3, padding="same")(h)
    return keras.Model(noisy, clean)


denoiser = unet(16 if TIER == "mini" else 32)
pairs = NoisyPairs(x_train)
cleaning_rounds = EPOCHS if TIER == "mini" else EPOCHS // 2
denoiser.compile(
    keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, cleaning_rounds * len(pairs), alpha=0.02)),
    loss="mse",
)
denoiser.fit(pairs, epochs=cleaning_rounds, verbose=0)

# %% get_similar
def get_similar(code, codes, n_neighbors=5):
    """Which codes are nearest to one, the nearest first.

    code [k]; codes [n, k], n at least n_neighbors; returns n_neighbors row numbers of `codes`.
    """
    far = [float(np.sum((np.asarray(other, dtype=float) - code) ** 2)) for other in codes]
    return sorted(range(len(far)), key=far.__getitem__)[:n_neighbors]

# %% morph
def morph(encoder, decoder, image_a, image_b, steps=9):
    """Pictures on the way from one to another, by even steps in the code.

    encoder, decoder: Keras models; image_a, image_b float32 [height, width, 3]; steps: 2 or more.
    Returns [steps, height, width, 3].
    """
    start, goal = encoder.predict(np.stack([image_a, image_b]), verbose=0)
    stops = [start + t / (steps - 1) * (goal - start) for t in range(steps)]
    return decoder.predict(np.array(stops, dtype=np.float32), verbose=0)

# %% attribute_direction
def attribute_direction(codes, attribute):
    """The way from faces without an attribute to faces with it.

    codes [n, k]; attribute [n]: from 0 to 1, NaN where unknown; returns [k].
    """
    having = [z for z, a in zip(codes, attribute) if a > 0.5]
    lacking = [z for z, a in zip(codes, attribute) if a < 0.5]
    return np.mean(having, axis=0) - np.mean(lacking, axis=0)

# %% change_attribute
def change_attribute(encoder, decoder, image, direction, amounts):
    """One face, moved along a direction of the code.

    encoder, decoder: Keras models; image float32 [height, width, 3]; direction [k]; amounts [m].
    Returns pictures [m, height, width, 3], drawn from code + amount * direction.
    """
    code = np.asarray(encoder(np.asarray(image)[None], training=False))[0]
    moved = np.stack([code + amount * np.asarray(direction) for amount in amounts])
    return np.asarray(decoder(moved.astype("float32"), training=False))
