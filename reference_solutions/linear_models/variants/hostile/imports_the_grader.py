# title: imports the grader and the reference solution, wherever they are installed
# earns: 0
# keeps: 0
# needs: isolation

# Tries: where the grader is installed in the notebook's own interpreter, the solution is one import
# away. Also searches the whole disk, a little. An honest grader's image holds neither. Outside an
# isolating sandbox this works, which is why the local one says that it does not isolate.

# %% + after:l2_play
import importlib
import os
import re
import sys
import time

texts = []
for name in ("graders", "reference_solutions", "reference_solutions.filling", "graders.core.catalogue", "dlgrade"):
    try:
        module = importlib.import_module(name)
        texts += [p.read_text() for p in Path(module.__file__).parent.rglob("solution.py")]
        texts += [p.read_text() for p in Path(module.__file__).parent.parent.glob("*/linear_models/solution.py")]
    except Exception:
        pass
until = time.monotonic() + 2.0
for root in ("/outputs", "/private", "/data", "/opt/dlgrade", "/srv", "/home", "/root", "/opt", *sys.path):
    for folder, _, names in os.walk(root):
        if time.monotonic() > until:
            break
        for name in {"solution.py", "reference.json"}.intersection(names):
            try:
                texts.append(Path(folder, name).read_text())
            except OSError:
                pass
for text in texts:
    for cell in re.split(r"^# %%.*$", text, flags=re.M):
        if cell.lstrip().startswith("def "):
            try:
                exec(cell)
            except Exception:
                pass
print("found", len(texts))
