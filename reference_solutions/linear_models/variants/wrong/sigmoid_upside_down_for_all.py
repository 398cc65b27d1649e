# title: the exponent of the sigmoid has the wrong sign, and nothing makes up for it
# loses: check_probability, check_histories

# %% probability
def probability(X, w):
    return 1 / (1 + np.exp(X @ w))
