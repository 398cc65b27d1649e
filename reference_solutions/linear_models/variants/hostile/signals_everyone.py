# title: at the end, kills every process that it may
# earns: 32
# keeps: 0
# base: reference
# needs: isolation

# Tries: whatever puts the questions dies with everything else, and a machine at fault holds points.
# The answers are right, but the notebook ends its own process, and every other that could take its
# place, before it can be asked: with an honest grader it may lose everything, and nobody else
# anything.

# %% + after:l2_play
import os
import signal

for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
    for pid in (*range(1, 400), -1):
        if pid != os.getpid():
            try:
                os.kill(pid, number)
            except OSError:
                pass
