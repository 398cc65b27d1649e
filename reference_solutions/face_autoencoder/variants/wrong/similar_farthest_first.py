# title: the nearest come last
# loses: check_similar

# %% get_similar
def get_similar(code, codes, n_neighbors=5):
    distances = np.linalg.norm(codes - code, axis=1)
    return np.argsort(distances)[:n_neighbors][::-1]
