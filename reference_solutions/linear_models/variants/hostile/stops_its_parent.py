# title: stops the processes that started it; the answers are right
# earns: 32
# keeps: 0
# base: reference
# needs: isolation

# Tries: a grader that is neither dead nor alive waits for ever. Everything that this account may
# stop is stopped, from the parent upwards. The answers are right; what cannot be asked after that is
# the notebook's own loss. An honest grader's clock is elsewhere.

# %% + after:l2_play
import os
import signal

pid = os.getppid()
while pid > 0:
    try:
        os.kill(pid, signal.SIGSTOP)
        with open(f"/proc/{pid}/stat") as file:
            pid = int(file.read().rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        break
