# title: the normal equations with X where its transpose belongs
# loses: check_closed_form

# %% closed_form
def closed_form(X, y):
    return np.linalg.inv(X @ X) @ X @ y
