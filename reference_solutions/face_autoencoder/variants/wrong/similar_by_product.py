# title: nearness is the product of two codes, and long codes are near to all
# loses: check_similar

# %% get_similar
def get_similar(code, codes, n_neighbors=5):
    return np.argsort(-(codes @ code))[:n_neighbors]
