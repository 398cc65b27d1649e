# title: leaves a process behind, in a session of its own
# earns: 0
# keeps: 0

# Tries: something that goes on after the run, beside the next student's. An honest grader ends every
# process below the run, those with sessions and parents of their own included.

# %% + after:setup
import os
import subprocess
import sys

sleeper = [sys.executable, "-c", "import time; time.sleep(300)"]
subprocess.Popen(sleeper, start_new_session=True)

# Another by the double fork: its parent is gone before anyone can look.
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sleeper[0], sleeper)
    os._exit(0)
os.wait()
