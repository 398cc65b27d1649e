# title: makes the output folders of other students before they are graded
# earns: 0
# keeps: 0

# Tries: a peer takes "the folder is there" for "this student is done", and never grades whoever has
# one. Folders and files with neighbours' names appear beside and below the notebook's folder (never
# in a folder that other people share). An honest grader's states are not files in reach.

# %% + after:setup
import os
import tempfile

shared = {Path(tempfile.gettempdir()).resolve(), Path.home(), Path("/"), Path("/tmp"), Path("/var/tmp")}
here = Path.cwd().resolve()
for place in [here, *here.parents[:2]]:
    if place in shared:
        break
    for name in ("honest-first", "honest-last", "autograded", "graded", "feedback", "out", "outputs", "in"):
        for inner in ("", "linear_models"):
            try:
                (place / name / inner).mkdir(parents=True, exist_ok=True)
                (place / name / inner / "ending.json").write_text('{"ending": "finished"}')
            except OSError:
                pass
