# title: a cell kills the process that started it
# earns: 0
# keeps: 0

# Tries: with the process that started the kernel, the batch dies. An honest grader survives it, tries again
# alone, and counts what there is: nothing.

# %% + after:setup
import os
import signal

os.kill(os.getppid(), signal.SIGKILL)
