# title: the functions in other words: tensors, loops, lists, a direct call instead of predict

# %% fit_pca
def fit_pca(X, code_size):
    mean = np.mean(X, axis=0, keepdims=True)
    values, vectors = np.linalg.eigh(np.cov((X - mean).T.astype(np.float32)))
    return mean[0], -vectors[:, np.argsort(values)[::-1][:code_size]].T

# %% pca_redraw
def pca_redraw(X, mean, components):
    return np.stack([mean + sum(c @ (x - mean) * c for c in components) for x in X])

# %% apply_gaussian_noise
def apply_gaussian_noise(X, sigma=0.1):
    X = tf.convert_to_tensor(X, tf.float32)
    return X + tf.random.normal(tf.shape(X), 0.0, sigma)

# %% get_similar
def get_similar(code, codes, n_neighbors=5):
    squares = [float(np.sum((np.asarray(other) - code) ** 2)) for other in codes]
    return sorted(range(len(codes)), key=squares.__getitem__)[:n_neighbors]

# %% morph
def morph(encoder, decoder, image_a, image_b, steps=9):
    a, b = encoder(image_a[None]), encoder(image_b[None])
    return [decoder((1 - t) * a + t * b)[0] for t in np.linspace(0, 1, steps).astype(np.float32)]

# %% attribute_direction
def attribute_direction(codes, attribute):
    known = np.isfinite(attribute)
    codes, has = np.asarray(codes)[known], np.asarray(attribute)[known] > 0.5
    return np.mean(codes[has], axis=0) - np.mean(codes[~has], axis=0)

# %% change_attribute
def change_attribute(encoder, decoder, image, direction, amounts):
    code = encoder(np.asarray(image)[None])
    moved = tf.concat([code + float(a) * direction for a in amounts], axis=0)
    return decoder(moved)
