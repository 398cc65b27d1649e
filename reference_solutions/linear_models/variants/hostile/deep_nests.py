# title: lists in lists in lists, a list that holds itself, and outputs nested as deeply
# earns: 0
# keeps: 0

# Tries: what walks through a value without counting its steps runs out of stack, which in a grader
# that is written in Python is an error of the grader's. An honest one refuses, or catches it.

# %% + after:setup
from IPython.display import display


def nested(depth, wrap):
    value = 0.5
    for _ in range(depth):
        value = wrap(value)
    return value


itself = [0.5]
itself.append(itself)
around = {}
around["around"] = around
NESTS = [
    itself, around, nested(50_000, lambda x: [x]), nested(50_000, lambda x: (x,)), nested(63, lambda x: [x]),
    nested(900, lambda x: [x]), (itself, itself), [itself, 1],
    nested(400, lambda x: {"a": x}), nested(30, lambda x: [x, x][:1]), [nested(990, lambda x: [x])] * 3,
]  # fmt: skip
turn = -1


def next_nest(*arguments):
    global turn
    turn += 1
    return NESTS[turn % len(NESTS)]


for depth in (200, 450, 800, 940, 3000):
    try:
        display({"application/json": nested(depth, lambda x: [x]), "text/plain": "deep"}, raw=True)
    except Exception as error:
        print(type(error).__name__)

# %% mse_loss
mse_loss = next_nest

# %% closed_form
closed_form = next_nest

# %% gradient_descent
gradient_descent = next_nest

# %% expand
expand = next_nest

# %% probability
probability = next_nest

# %% compute_loss
compute_loss = next_nest

# %% sgd
sgd_loss, sgd_w = NESTS[2], NESTS[0]

# %% momentum
momentum_loss, momentum_w = NESTS[4], NESTS[6]

# %% l2_loss
compute_loss_l2 = next_nest
