# title: a cell kills the process that started it
# earns: 0

# %% + after:setup
import os
import signal

os.kill(os.getppid(), signal.SIGKILL)
