# title: the mean is subtracted from the very rows that are drawn again
# loses: check_pca_redraw

# %% pca_redraw
def pca_redraw(X, mean, components):
    X -= mean
    return mean + X @ components.T @ components
