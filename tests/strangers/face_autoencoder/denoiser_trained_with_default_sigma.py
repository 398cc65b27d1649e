# written from: face_autoencoder.ipynb as released, nothing else
# declares: wrong
# mistake: sigma is not handed over when the noisy faces for the training of the denoiser are made, so it learns to take noise of the default 0.1 away, not of SIGMA
# at: denoiser : noisy = apply_gaussian_noise(x_train)
# should cost: denoiser (error of the faces that it cleans)

# %% fit_pca
def fit_pca(X, code_size):
    """Mean and leading principal components of rows.

    X float [n, d]; returns (mean [d], components [code_size, d]): rows of length 1, orthogonal to
    each other. Their order and their signs do not matter.
    """
    mean = X.mean(axis=0)
    centred = X - mean
    values, vectors = np.linalg.eigh(centred.T @ centred)
    largest = np.argsort(values)[::-1][:code_size]
    return mean, vectors[:, largest].T

# %% pca_redraw
def pca_redraw(X, mean, components):
    """Rows as they are drawn again from their codes.

    X float [n, d], mean [d], components [k, d] with orthonormal rows; returns [n, d].
    """
    codes = (X - mean) @ components.T
    return codes @ components + mean

# %% build_deep_autoencoder
def build_deep_autoencoder(img_shape, code_size):
    """New untrained models: (encoder, decoder).

    img_shape: (height, width, channels); code_size: 1 to 512.
    """
    small = 2 if TIER == "mini" else 1
    rows, columns, colours = img_shape
    encoder = keras.Sequential([keras.Input(img_shape)])
    for maps in (32, 64, 128, 256):
        encoder.add(keras.layers.Conv2D(maps // small, 4, strides=2, padding="same", activation="gelu"))
    encoder.add(keras.layers.Flatten())
    encoder.add(keras.layers.Dense(code_size))
    decoder = keras.Sequential([keras.Input((code_size,))])
    decoder.add(keras.layers.Dense(rows // 16 * (columns // 16) * 256 // small, activation="gelu"))
    decoder.add(keras.layers.Reshape((rows // 16, columns // 16, 256 // small)))
    for maps in (128, 64, 32):
        decoder.add(keras.layers.Conv2DTranspose(maps // small, 4, strides=2, padding="same", activation="gelu"))
    decoder.add(keras.layers.Conv2DTranspose(colours, 4, strides=2, padding="same", activation="tanh"))
    decoder.add(keras.layers.Rescaling(0.5))
    return encoder, decoder

# %% training
encoder, decoder = build_deep_autoencoder(IMG_SHAPE, CODE_SIZE)
picture = keras.Input(IMG_SHAPE)
autoencoder = keras.Model(picture, decoder(encoder(picture)))
epochs = EPOCHS * 3 // 2 if TIER == "mini" else EPOCHS
updates = epochs * int(np.ceil(len(x_train) / BATCH))
autoencoder.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.002, updates, alpha=0.03)), "mse")
history = autoencoder.fit(
    x_train, x_train, batch_size=BATCH, epochs=epochs, validation_data=(x_valid, x_valid), verbose=0
)

# %% apply_gaussian_noise
def apply_gaussian_noise(X, sigma=0.1):
    """Pictures with Gaussian noise of standard deviation sigma added to every number.

    X float [n, height, width, channels]; returns floats of the same shape, not clipped.
    """
    noise = np.random.normal(0, sigma, X.shape).astype(np.float32)
    return X + noise

# %% denoiser
def block(x, maps):
    x = keras.layers.Conv2D(maps, 3, padding="same", activation="gelu")(x)
    return keras.layers.Conv2D(maps, 3, padding="same", activation="gelu")(x)


w = 16 if TIER == "mini" else 32
dirty = keras.Input(IMG_SHAPE)
start = keras.layers.Conv2D(w, 3, padding="same", activation="gelu")(dirty)
half = block(keras.layers.Conv2D(2 * w, 3, strides=2, padding="same", activation="gelu")(start), 2 * w)
quarter = block(keras.layers.AveragePooling2D(2)(half), 4 * w)
eighth = block(keras.layers.AveragePooling2D(2)(quarter), 4 * w)
back = keras.layers.Concatenate()([keras.layers.UpSampling2D(2)(eighth), quarter])
back = keras.layers.Concatenate()([keras.layers.UpSampling2D(2)(block(back, 2 * w)), half])
back = keras.layers.Concatenate()([keras.layers.UpSampling2D(2)(block(back, w)), start])
denoiser = keras.Model(dirty, keras.layers.Conv2D(3, 3, padding="same")(back))

rounds = EPOCHS if TIER == "mini" else EPOCHS // 2
denoiser.compile(keras.optimizers.Adam(0.001), "mse")
for number in range(rounds):
    denoiser.optimizer.learning_rate = 0.002 * (1 - number / rounds)
    noisy = apply_gaussian_noise(x_train)
    denoiser.fit(noisy, x_train, batch_size=BATCH, verbose=0)

# %% get_similar
def get_similar(code, codes, n_neighbors=5):
    """Which codes are nearest to one, the nearest first.

    code [k]; codes [n, k], n at least n_neighbors; returns n_neighbors row numbers of `codes`.
    """
    return np.argsort(np.sqrt(((codes - code) ** 2).sum(axis=1)))[:n_neighbors]

# %% morph
def morph(encoder, decoder, image_a, image_b, steps=9):
    """Pictures on the way from one to another, by even steps in the code.

    encoder, decoder: Keras models; image_a, image_b float32 [height, width, 3]; steps: 2 or more.
    Returns [steps, height, width, 3].
    """
    a, b = encoder.predict(np.array([image_a, image_b]), verbose=0)
    return decoder.predict(np.linspace(a, b, steps), verbose=0)

# %% attribute_direction
def attribute_direction(codes, attribute):
    """The way from faces without an attribute to faces with it.

    codes [n, k]; attribute [n]: from 0 to 1, NaN where unknown; returns [k].
    """
    known = ~np.isnan(attribute)
    have, lack = known & (attribute > 0.5), known & (attribute < 0.5)
    return codes[have].mean(axis=0) - codes[lack].mean(axis=0)

# %% change_attribute
def change_attribute(encoder, decoder, image, direction, amounts):
    """One face, moved along a direction of the code.

    encoder, decoder: Keras models; image float32 [height, width, 3]; direction [k]; amounts [m].
    Returns pictures [m, height, width, 3], drawn from code + amount * direction.
    """
    code = encoder.predict(image[None], verbose=0)
    codes = code + np.asarray(amounts)[:, None] * np.asarray(direction)[None]
    return decoder.predict(codes, verbose=0)
