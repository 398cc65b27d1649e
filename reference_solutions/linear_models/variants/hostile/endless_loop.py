# title: the SGD cell never ends; the rest is right
# earns: 28
# base: reference

# %% sgd
np.random.seed(42)
while True:
    pass
