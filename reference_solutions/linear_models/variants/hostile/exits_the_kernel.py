# title: a cell ends the process with status 0, and nothing else is there
# earns: 0

# %% + after:setup
import os

os._exit(0)
