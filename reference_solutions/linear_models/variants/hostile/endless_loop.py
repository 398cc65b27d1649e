# title: the SGD cell never ends; the rest is right
# earns: 28
# keeps: 28
# base: reference

# Tries: the rest of the notebook is never reached. An honest grader interrupts the cell and tries the others:
# the points of SGD and of the histories are lost, 4 of 32, and no other.

# %% sgd
np.random.seed(42)
while True:
    pass
