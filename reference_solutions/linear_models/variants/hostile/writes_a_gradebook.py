# title: writes gradebooks, results and feedback pages where peers keep theirs
# earns: 0
# keeps: 0

# Tries: one peer's gradebook lay within reach of the notebook and took what was written into it.
# Everything is written below the notebook's own folder and TMPDIR. An honest grader keeps its
# records where no notebook can reach, and reads none from here.

# %% + after:setup
import json
import os
import sqlite3
import tempfile

places = [os.getcwd(), os.path.join(os.getcwd(), "course")]
if tempfile.gettempdir() not in ("/tmp", "/var/tmp"):
    places.append(tempfile.gettempdir())
for place in places:
    try:
        os.makedirs(place, exist_ok=True)
        book = sqlite3.connect(os.path.join(place, "gradebook.db"))
        book.execute("create table if not exists grade (id text, auto_score real, max_score real)")
        book.execute("insert into grade values ('check_mse_loss', 35, 35)")
        book.commit()
        book.close()
        for name in ("results.json", "grade.json", "feedback.html", "final_grades.csv", "state.sqlite3", "index.html"):
            with open(os.path.join(place, name), "w") as file:
                file.write(json.dumps({"points": 35, "total": 35}))
        os.makedirs(os.path.join(place, "graded", "linear_models", "hostile-writes-a-gradebook"), exist_ok=True)
    except (OSError, sqlite3.Error):
        pass

# %% mse_loss
def mse_loss(X, y, w):
    return 0.0
