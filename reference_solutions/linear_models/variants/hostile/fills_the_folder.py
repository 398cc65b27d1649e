# title: writes 320 MB in forty files and ten thousand empty ones
# earns: 0
# keeps: 0

# Tries: the disk is full for everybody after. It stops at 320 MB, since a sandbox without a limit
# must survive it. An honest grader gives each run a folder of limited size.

# %% + after:setup
import os
import tempfile

for number in range(40):
    folder = "." if number % 2 else tempfile.gettempdir()
    try:
        with open(os.path.join(folder, f"filler-{os.getpid()}-{number}"), "wb") as file:
            file.write(b"x" * 2**23)
    except OSError as error:
        print(error.errno)
for number in range(10_000):
    try:
        open(f"empty-{number}", "x").close()
    except OSError as error:
        print(error.errno)
        break
