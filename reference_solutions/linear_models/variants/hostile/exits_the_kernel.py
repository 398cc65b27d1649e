# title: a cell ends the process with status 0, and nothing else is there
# earns: 0
# keeps: 0

# Tries: a process that ended with status 0 looks like success. An honest grader has seen no answer.

# %% + after:setup
import os

os._exit(0)
