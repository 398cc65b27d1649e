# title: leaves modules named like the grader's, then ends the process so that a new one finds them
# earns: 32
# keeps: 32
# base: reference

# Tries: a kernel that is started again imports what lies in its folder: tests, site customisation,
# the grader's own module names, numpy's and json's. An honest grader has imported its own before, or
# does not look there; the answers are right and nothing is lost.

# %% + after:check_compute_grad
import os

code = "open('dlgrade-was-here', 'a').write(__name__)\nraise SystemExit(__name__)\n"
names = (
    "values", "evidence", "asks", "cells", "kernels", "kernel_side", "run_notebook", "serve", "watch", "confine",
    "sitecustomize", "usercustomize", "conftest", "json", "zipfile", "ipykernel_launcher", "nbclient", "nbformat",
)
for name in names:
    with open(name + ".py", "w") as file:
        file.write(code)
for package in ("tests", "graders", "zmq", "numpy", "ipykernel", "IPython", "jupyter_client", "tornado"):
    os.makedirs(package, exist_ok=True)
    for name in ("__init__", "test_mse_loss", "q1"):
        with open(os.path.join(package, name + ".py"), "w") as file:
            file.write(code)
with open("evil.pth", "w") as file:
    file.write("import os; open('dlgrade-was-here', 'a')\n")
os._exit(0)
