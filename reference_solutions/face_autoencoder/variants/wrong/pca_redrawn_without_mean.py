# title: the mean is taken away and never added again
# loses: check_pca_redraw

# %% pca_redraw
def pca_redraw(X, mean, components):
    return (X - mean) @ components.T @ components
