# title: leaves a process behind, in a session of its own
# earns: 0

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
