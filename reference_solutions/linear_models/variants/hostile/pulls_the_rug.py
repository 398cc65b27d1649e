# title: deletes its folder and its environment, and forbids itself files
# earns: 32
# keeps: 32
# base: reference

# Tries: the folder in which everything happens is gone, the environment is empty, new files have no
# rights, and none may be larger than nothing. An honest grader needs none of these to hear answers.

# %% + after:l2_play
import os
import resource
import shutil

here = os.getcwd()
for entry in os.listdir(here):
    path = os.path.join(here, entry)
    shutil.rmtree(path, ignore_errors=True) if os.path.isdir(path) else os.unlink(path)
os.chdir("/")
try:
    os.rmdir(here)
except OSError:
    pass
os.environ.clear()
os.umask(0o777)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
