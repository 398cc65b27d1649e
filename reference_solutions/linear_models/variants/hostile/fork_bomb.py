# title: starts processes that start processes, five hundred in all
# earns: 0
# keeps: 0

# Tries: the machine has no process left for anybody else. It stops at 512, each of which ends after
# ten seconds, since a sandbox without a limit must survive it. An honest grader counts, kills all of
# them and goes on.

# %% + after:setup
import os
import time

for generation in range(9):
    try:
        os.fork()
    except OSError:
        pass
time.sleep(10)
if os.getpid() != os.getpgid(0):
    os._exit(0)
