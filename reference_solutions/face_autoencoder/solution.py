# %% [markdown]
# # Week 4: the reference solution
#
# Each cell that is headed by a `grade_id` is the whole answer cell as it stands in the notebook.
# Cells without an id are here for the reader only and go nowhere.

# %% [markdown]
# ## The linear baseline
#
# `eigh` sorts ascending, so the last columns are the leading components. In float64: the products
# of thousands of rows lose digits in float32.


# %% fit_pca
def fit_pca(X, code_size):
    """Mean and leading principal components of rows.

    X float [n, d]; returns (mean [d], components [code_size, d]): rows of length 1, orthogonal to
    each other. Their order and their signs do not matter.
    """
    X = np.asarray(X)
    mean = X.mean(axis=0, dtype=np.float64)
    centred = X - mean.astype(X.dtype)
    product = (centred.T @ centred).astype(np.float64)
    # Of all eigenvectors of thousands of pixels only the leading ones are needed: subspace
    # iteration finds those in a fraction of the time.
    if len(product) <= 400:
        return mean, np.linalg.eigh(product)[1][:, ::-1][:, :code_size].T
    basis = np.random.default_rng(0).normal(size=(len(product), code_size + 20))
    for _ in range(12):
        basis, _ = np.linalg.qr(product @ basis)
    small = basis.T @ product @ basis
    return mean, (basis @ np.linalg.eigh(small)[1][:, ::-1][:, :code_size]).T


# %% pca_redraw
def pca_redraw(X, mean, components):
    """Rows as they are drawn again from their codes.

    X float [n, d], mean [d], components [k, d] with orthonormal rows; returns [n, d].
    """
    codes = (X - mean) @ components.T
    return mean + codes @ components


# %% [markdown]
# ## The deep autoencoder
#
# Strides instead of pooling: a quarter of the arithmetic, and as good here. A dense layer on either
# side of the code gives both models a non-linear step where all places meet, which makes up for the
# few maps of the small set. The last layer is linear: it learns fastest, and strays little from the
# range.


# %% build_deep_autoencoder
def build_deep_autoencoder(img_shape, code_size):
    """New untrained models: (encoder, decoder).

    img_shape: (height, width, channels); code_size: 1 to 512.
    """
    layers = keras.layers
    height, width, channels = img_shape
    maps = (32, 64, 128, 256) if TIER == "full" else (16, 24, 48, 96)
    hidden = 512
    smallest = (height // 16, width // 16, maps[-1])

    encoder = keras.Sequential([keras.Input(img_shape)])
    for m in maps:
        encoder.add(layers.Conv2D(m, 3, strides=2, padding="same", activation="elu"))
    encoder.add(layers.Flatten())
    encoder.add(layers.Dense(hidden, activation="elu"))
    encoder.add(layers.Dense(code_size))

    decoder = keras.Sequential([keras.Input((code_size,))])
    decoder.add(layers.Dense(hidden, activation="elu"))
    decoder.add(layers.Dense(int(np.prod(smallest)), activation="elu"))
    decoder.add(layers.Reshape(smallest))
    for m in maps[-2::-1]:
        decoder.add(layers.Conv2DTranspose(m, 3, strides=2, padding="same", activation="elu"))
    decoder.add(layers.Conv2DTranspose(channels, 3, strides=2, padding="same"))
    return encoder, decoder


# %% [markdown]
# ## Training
#
# The learning rate falls along half a cosine, so that the last epochs settle.


# %% training
def falling(rate, epochs):
    steps = epochs * -(-len(x_train) // BATCH)
    return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(rate, steps, alpha=0.02))


def chained(encoder, decoder):
    inputs = keras.Input(IMG_SHAPE)
    return keras.Model(inputs, decoder(encoder(inputs)))


encoder, decoder = build_deep_autoencoder(IMG_SHAPE, CODE_SIZE)
autoencoder = chained(encoder, decoder)
autoencoder.compile(optimizer=falling(0.006 if TIER == "mini" else 0.002, EPOCHS), loss="mse")
history = autoencoder.fit(
    x_train,
    x_train,
    batch_size=BATCH,
    epochs=EPOCHS,
    validation_data=(x_valid, x_valid),
    verbose=2,
)


# %% [markdown]
# ## Taking noise away


# %% apply_gaussian_noise
def apply_gaussian_noise(X, sigma=0.1):
    """Pictures with Gaussian noise of standard deviation sigma added to every number.

    X float [n, height, width, channels]; returns floats of the same shape, not clipped.
    """
    return X + np.random.normal(0, sigma, X.shape).astype(np.float32)


# %% [markdown]
# The same design, with the weights of the trained pair to begin with: it knows faces already, and
# has to learn only to see them through the noise.


# %% denoiser
pair = build_deep_autoencoder(IMG_SHAPE, CODE_SIZE)
for new, trained in zip(pair, (encoder, decoder), strict=True):
    new.set_weights(trained.get_weights())
denoiser = chained(*pair)
rounds = max(4, EPOCHS // 3)
denoiser.compile(optimizer=falling(0.003 if TIER == "mini" else 0.001, rounds), loss="mse")
for _ in range(rounds):
    denoiser.fit(
        apply_gaussian_noise(x_train, SIGMA), x_train, batch_size=BATCH, epochs=1, verbose=2
    )


# %% [markdown]
# ## Faces that resemble each other


# %% get_similar
def get_similar(code, codes, n_neighbors=5):
    """Which codes are nearest to one, the nearest first.

    code [k]; codes [n, k], n at least n_neighbors; returns n_neighbors row numbers of `codes`.
    """
    distances = np.linalg.norm(codes - code, axis=1)
    return np.argsort(distances)[:n_neighbors]


# %% [markdown]
# ## From one face to another


# %% morph
def morph(encoder, decoder, image_a, image_b, steps=9):
    """Pictures on the way from one to another, by even steps in the code.

    encoder, decoder: Keras models; image_a, image_b float32 [height, width, 3]; steps: 2 or more.
    Returns [steps, height, width, 3].
    """
    start, end = encoder.predict(np.stack([image_a, image_b]), verbose=0)
    share = np.linspace(0, 1, steps)[:, None]
    return decoder.predict(start + share * (end - start), verbose=0)


# %% [markdown]
# Comparisons with NaN are false, so unknown faces fall out on both sides.


# %% attribute_direction
def attribute_direction(codes, attribute):
    """The way from faces without an attribute to faces with it.

    codes [n, k]; attribute [n]: from 0 to 1, NaN where unknown; returns [k].
    """
    return codes[attribute > 0.5].mean(axis=0) - codes[attribute < 0.5].mean(axis=0)


# %% change_attribute
def change_attribute(encoder, decoder, image, direction, amounts):
    """One face, moved along a direction of the code.

    encoder, decoder: Keras models; image float32 [height, width, 3]; direction [k]; amounts [m].
    Returns pictures [m, height, width, 3], drawn from code + amount * direction.
    """
    code = encoder.predict(image[None], verbose=0)
    return decoder.predict(code + np.asarray(amounts)[:, None] * direction, verbose=0)


# %% [markdown] faces_in_words
# **Why is it blurred, and why does the middle of two codes look like a face?**
#
# The code is too small to say where everything is. Where the decoder cannot know whether a pixel
# belongs to an eye or to a cheek, the value with the smallest expected squared error is the mean
# of what it may be, and a mean over places is a blur: a sharp edge in the wrong place would cost
# twice.
#
# The decoder has learnt to draw a face from every code that occurs, and since it is continuous and
# codes of faces lie close together, it does so between them as well: positions, colours and
# expressions pass through values that exist. The mean of two pictures has two noses. It fails for
# factors that are there or not: halfway to glasses there are half-transparent glasses, which
# nobody wears.
