# title: objects whose conversion raises, lies or never ends
# earns: 0
# keeps: 0

# Tries: the answer is an object whose `__array__`, `__len__`, `__iter__` or properties raise, return
# themselves or loop for ever once somebody looks at them. An honest grader looks inside this process,
# under its clock, and takes home bytes.

# %% + after:setup
class Raises:
    def __getattribute__(self, name):
        raise RuntimeError(f"do not touch {name}")

    def __len__(self):
        raise SystemExit

    def __iter__(self):
        raise GeneratorExit

    def __array__(self, dtype=None, copy=None):
        raise KeyboardInterrupt


class Sequence:
    def __len__(self):
        return 2**62

    def __getitem__(self, index):
        return self


class Itself:
    def __array__(self, dtype=None, copy=None):
        return self


class Interface:
    __array_interface__ = {"shape": (2**40,), "typestr": "<f8", "data": (16, False), "version": 3}


class Struct:
    __array_struct__ = 5


class Looks:
    @property
    def __class__(self):
        return float

    def __float__(self):
        return "0.5"


class Endless:
    def __array__(self, dtype=None, copy=None):
        while True:
            pass


class EndlessList(list):
    def __iter__(self):
        while True:
            yield 1.0

    def __len__(self):
        return 3


ODD = [Raises(), Sequence(), Itself(), Struct(), Looks(), Looks, Raises]
turn = -1


def next_odd(*arguments):
    global turn
    turn += 1
    return ODD[turn % len(ODD)]

# %% mse_loss
mse_loss = next_odd

# %% mse_grad
mse_grad = next_odd

# %% closed_form
def closed_form(X, y):
    return Endless()

# %% expand
def expand(X):
    return EndlessList([1.0, 2.0, 3.0])

# %% probability
def probability(X, w):
    return Interface()

# %% compute_loss
compute_loss = next_odd

# %% sgd
sgd_loss, sgd_w = Raises(), Sequence()

# %% momentum
momentum_loss, momentum_w = Itself(), Looks()

# %% rmsprop
rmsprop_loss, rmsprop_w = Struct(), iter(int, 1)
