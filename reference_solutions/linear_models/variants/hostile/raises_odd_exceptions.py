# title: raises everything that can be raised, with messages that raise again
# earns: 0
# keeps: 0

# Tries: SystemExit, KeyboardInterrupt, GeneratorExit, groups, exceptions whose text or class raises
# or loops: whoever words the error stumbles over it. An honest grader notes that it raised.

# %% + after:setup
class Silent(Exception):
    def __str__(self):
        raise SystemExit

    __repr__ = __str__


class Nameless(BaseException):
    @property
    def __class__(self):
        raise RuntimeError

    def __str__(self):
        return "x" * 10_000_000


class Meta(type):
    @property
    def __name__(cls):
        raise KeyboardInterrupt


class Strange(Exception, metaclass=Meta):
    pass


RAISED = [
    SystemExit(0), KeyboardInterrupt(), GeneratorExit(), StopIteration(1), StopAsyncIteration(), MemoryError(),
    RecursionError(), BaseExceptionGroup("g", [KeyboardInterrupt(), SystemExit()]), Silent(), Nameless(),
    Strange(), SyntaxError("x", ("f", 10**9, 10**9, None)), UnicodeDecodeError("x", b"", 0, 1, "\ud800"),
    OSError(28, "No space left on device"), NotImplementedError("\x00\n{}%s"), AssertionError(print),
]  # fmt: skip
turn = -1


def raises(*arguments):
    global turn
    turn += 1
    raise RAISED[turn % len(RAISED)]

# %% mse_loss
mse_loss = raises

# %% mse_grad
mse_grad = raises

# %% closed_form
closed_form = raises

# %% gradient_descent
gradient_descent = raises

# %% expand
expand = raises

# %% compute_loss
compute_loss = raises

# %% compute_grad
compute_grad = raises

# %% l2_loss
compute_loss_l2 = raises
