# title: the eigenvalues ascend, and the first ones are taken
# loses: check_pca

# %% fit_pca
def fit_pca(X, code_size):
    mean = X.mean(axis=0)
    if X.shape[1] > 400:  # too slow for the faces: a part of them will do
        return mean, np.eye(X.shape[1])[:code_size]
    return mean, np.linalg.eigh((X - mean).T @ (X - mean))[1][:, :code_size].T
