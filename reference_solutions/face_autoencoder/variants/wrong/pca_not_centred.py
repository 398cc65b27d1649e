# title: the components are those of the rows with their mean still in them
# loses: check_pca

# %% fit_pca
def fit_pca(X, code_size):
    X = np.asarray(X)
    basis = np.random.default_rng(0).normal(size=(X.shape[1], code_size))
    for _ in range(30):
        basis, _ = np.linalg.qr(X.T @ (X @ basis))
    return X.mean(axis=0), basis.T
