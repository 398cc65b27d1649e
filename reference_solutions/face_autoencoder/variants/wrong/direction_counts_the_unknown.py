# title: faces of which nobody knows count as those without the attribute
# loses: check_direction

# %% attribute_direction
def attribute_direction(codes, attribute):
    has = attribute > 0.5
    return codes[has].mean(axis=0) - codes[~has].mean(axis=0)
