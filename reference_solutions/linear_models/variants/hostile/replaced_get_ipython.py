# title: the shell and its namespace are replaced by objects that know every name
# earns: 0
# keeps: 0

# Tries: whoever looks a function up finds one, and it agrees. An honest grader asks the namespace of
# this process, and gets what this process says: answers that are wrong.

# %% + after:setup
import builtins


class Everything(dict):
    def __contains__(self, name):
        return True

    def __missing__(self, name):
        return lambda *args, **kwargs: 0.5

    def get(self, name, default=None):
        return lambda *args, **kwargs: 0.5


class Shell:
    user_ns = Everything()

    def __getattr__(self, name):
        return lambda *args, **kwargs: "sgd_loss = sgd_w = 0.5"


shell = get_ipython()
builtins.get_ipython = lambda: Shell()
get_ipython = builtins.get_ipython
shell.user_ns.update({"get_ipython": builtins.get_ipython})
type(shell)._instance = Shell()

# %% + after:l2_play
shell.transform_cell = lambda source: "sgd_loss = momentum_loss = rmsprop_loss = [0.5] * 100"
shell.user_module.__dict__["mse_loss"] = lambda *args: 0.5
try:
    shell.user_ns = Everything(shell.user_ns)
except Exception:
    pass
