# title: an object that equals everything and answers every numpy function with yes
# earns: 0
# keeps: 0

# Tries: whoever compares asks the answer whether it is right. An honest grader takes plain numbers out of
# the process first, and compares those.

# %% + after:setup
class Agreeable:
    shape, size, ndim, dtype = (6,), 6, 1, np.dtype(float)

    def __eq__(self, other):
        return True

    def _yes(self, *args, **kwargs):
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = _yes
    __matmul__ = __rmatmul__ = __pow__ = __neg__ = __abs__ = __getitem__ = __call__ = _yes
    __lt__ = __le__ = __gt__ = __ge__ = __ne__ = __eq__
    __hash__ = None

    def __array_function__(self, function, types, args, kwargs):
        return True

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return self

    def __bool__(self):
        return True

    def __float__(self):
        return 0.5

    def __len__(self):
        return 6

    def __iter__(self):
        return iter([0.5] * 6)

    def __reduce__(self):
        return (print, ("unpickled",))


def anything(*args, **kwargs):
    return Agreeable()


# %% mse_loss
mse_loss = anything

# %% mse_grad
mse_grad = anything

# %% closed_form
closed_form = anything

# %% gradient_descent
gradient_descent = anything

# %% expand
expand = anything

# %% probability
probability = anything

# %% compute_loss
compute_loss = anything

# %% compute_grad
compute_grad = anything

# %% sgd
sgd_loss = sgd_w = Agreeable()

# %% momentum
momentum_loss = momentum_w = Agreeable()

# %% rmsprop
rmsprop_loss = rmsprop_w = Agreeable()

# %% l2_loss
compute_loss_l2 = anything

# %% l2_grad
compute_grad_l2 = anything
