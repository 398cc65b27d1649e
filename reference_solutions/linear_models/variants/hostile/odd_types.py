# title: returns arrays of every type but the right one
# earns: 0
# keeps: 0

# Tries: object, complex, datetime, structured, masked, float16, boolean and text arrays, subclasses
# that lie about themselves, numbers as text, memory views. One that the host could not read would
# hold points. An honest grader turns them into plain numbers or into a refusal.

# %% + after:setup
import collections
import datetime
import decimal
import fractions


class Liar(np.ndarray):
    shape = property(lambda self: (6,))
    dtype = property(lambda self: np.dtype(float))
    nbytes = property(lambda self: -1)

    def tobytes(self, *args):
        return b"\x00" * 48

    def __array_finalize__(self, parent):
        pass


class Number(float):
    def __float__(self):
        return float("nan")

    def __eq__(self, other):
        return True

    __hash__ = None


class Text(str):
    def __len__(self):
        return -1

    def __str__(self):
        return "0.5"


class Whole(int):
    def __abs__(self):
        return "none"


Pair = collections.namedtuple("Pair", "a b")
ZOO = [
    np.array([1.5, None, "x", print], dtype=object), np.array([1j, 2]), np.complex64(1j),
    np.array(["2026-11-20"], dtype="datetime64[D]"), np.timedelta64(3, "s"), np.datetime64("NaT"),
    np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]), np.zeros(3, dtype="V8"),
    np.rec.array([(1, 2)]), np.ma.masked_array([1.0, 2.0], [True, False]), np.ma.masked,
    np.float16(70000), np.zeros(6, dtype=np.float16), np.array([True, False] * 3), np.bool_(True),
    np.array(["0.5", "1"]), np.array([b"0.5"]), np.str_("0.5"), np.bytes_(b"1"), np.matrix([[1, 2]]),
    np.zeros((2, 3)).view(Liar), Number(0.5), Text("0.5"), Whole(2**80), "0.5", "0x1p-1", b"0.5",
    bytearray(8), memoryview(np.zeros(6)), memoryview(b"0.5"), range(6), {1, 2}, {"a": 1}, frozenset(),
    dict.fromkeys("abc").keys(), zip([1], [2]), iter([1.0]), Pair(0.5, "x"), decimal.Decimal("0.5"),
    fractions.Fraction(1, 2), datetime.datetime(2026, 1, 1), Ellipsis, NotImplemented, None, True,
    type, np, print, object(), slice(3), lambda: 0.5, np.nditer(np.zeros(2)), np.dtype(float),
    np.array(5, dtype=">f8"), np.arange(12.0).reshape(3, 4)[::2, ::-1].T, np.zeros((0, 3)), np.zeros(()),
    np.longdouble("1e4000"), np.clongdouble(1j), np.zeros((1,) * 30), np.uint64(2**64 - 1), np.array([]),
    (), [], [[]], [[1], [1, 2]], [np.zeros(2), "x"], (None,), tuple(range(100)), [None] * 3, ["0.5"] * 6,
]  # fmt: skip
turn = -1


def next_one(*arguments, **named):
    global turn
    turn += 1
    return ZOO[turn % len(ZOO)]

# %% mse_loss
mse_loss = next_one

# %% mse_grad
mse_grad = next_one

# %% closed_form
closed_form = next_one

# %% gradient_descent
gradient_descent = next_one

# %% expand
expand = next_one

# %% probability
probability = next_one

# %% compute_loss
compute_loss = next_one

# %% compute_grad
compute_grad = next_one

# %% sgd
sgd_loss = sgd_w = ZOO[0]

# %% momentum
momentum_loss = momentum_w = ZOO[6]

# %% rmsprop
rmsprop_loss = rmsprop_w = ZOO[9]

# %% l2_loss
compute_loss_l2 = next_one

# %% l2_grad
compute_grad_l2 = next_one
