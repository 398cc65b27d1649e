# title: arrays of ten gigabytes that take no memory until somebody copies them
# earns: 0
# keeps: 0

# Tries: stride tricks and broadcasting make arrays whose size is a claim; whoever copies them runs
# out of memory. An honest grader asks for the size first and refuses.

# %% + after:setup
from numpy.lib.stride_tricks import as_strided

ten_gigabytes = as_strided(np.zeros(1), shape=(10 * 2**27,), strides=(0,))
HUGE = [
    ten_gigabytes, np.broadcast_to(0.5, (2**20, 2**20)), np.broadcast_to(np.float16(1), (2**30,)),
    np.broadcast_to(1.0, (2**40,))[::2**35], as_strided(np.zeros(1), (2**31,), (0,)).view(),
    [ten_gigabytes, ten_gigabytes], (ten_gigabytes, 1.0), np.zeros((2**23 + 1,)), [0.0] * 3_000_000,
    "9" * 2_000_000, np.broadcast_to("x" * 1000, (2**24,)), range(2**62), np.broadcast_to(True, (2**33,)),
]  # fmt: skip
turn = -1


def next_huge(*arguments):
    global turn
    turn += 1
    return HUGE[turn % len(HUGE)]

# %% mse_loss
mse_loss = next_huge

# %% closed_form
closed_form = next_huge

# %% expand
expand = next_huge

# %% probability
probability = next_huge

# %% compute_grad
compute_grad = next_huge

# %% sgd
sgd_loss = sgd_w = ten_gigabytes

# %% momentum
momentum_loss = momentum_w = HUGE[1]
