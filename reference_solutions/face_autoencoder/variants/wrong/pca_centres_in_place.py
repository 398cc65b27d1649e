# title: the mean is subtracted from the very rows that were given
# loses: check_pca

# %% fit_pca
def fit_pca(X, code_size):
    mean = X.mean(axis=0, dtype=np.float64)
    X -= mean.astype(X.dtype)
    product = (X.T @ X).astype(np.float64)
    if len(product) <= 400:
        return mean, np.linalg.eigh(product)[1][:, ::-1][:, :code_size].T
    basis = np.random.default_rng(0).normal(size=(len(product), code_size + 20))
    for _ in range(12):
        basis, _ = np.linalg.qr(product @ basis)
    small = basis.T @ product @ basis
    return mean, (basis @ np.linalg.eigh(small)[1][:, ::-1][:, :code_size]).T
