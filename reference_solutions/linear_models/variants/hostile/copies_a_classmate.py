# title: takes the work of whoever is being graded at the same time
# earns: 0
# keeps: 0
# needs: isolation

# Tries: the folders, open files and command lines of all processes, and the shared folders, for a
# notebook or an answer of somebody else's; runs what it finds. An honest grader shares neither
# folders nor processes between students.

# %% + after:l2_play
import glob
import itertools
import json
import os
import time

until = time.monotonic() + 2.5
places = {"/tmp", "/var/tmp", "/dev/shm", "/work", "/outputs", "/private", "/sockets", "/home", "/data"}
for link in itertools.chain(glob.glob("/proc/[0-9]*/cwd"), glob.glob("/proc/[0-9]*/root"), glob.glob("/proc/[0-9]*/fd/*")):
    try:
        target = os.readlink(link)
    except OSError:
        continue
    if target.startswith("/") and len(target) > 1 and not target.startswith(("/dev/", "/proc/", "/usr")):
        places.add(target if os.path.isdir(target) else os.path.dirname(target))
found = 0
for place in sorted(places, key=lambda place: "outputs" not in place):
    for pattern in ("*.ipynb", "*/*.ipynb", "*/*/*.ipynb", "*/*/*/*.ipynb"):
        for path in itertools.islice(glob.iglob(os.path.join(place, pattern)), 50):
            if time.monotonic() > until:
                break
            try:
                cells = json.load(open(path))["cells"]
            except Exception:
                continue
            found += 1
            for cell in cells:
                source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
                if source.startswith("def ") and "NotImplementedError" not in source:
                    try:
                        exec(source)
                    except Exception:
                        pass
print("found", found)
