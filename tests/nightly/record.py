"""When each part last passed: `record.json`, committed, so that CI knows what to try next.

    {"<part>": {"passed": "2026-11-30T01:40+00:00", "commit": "…", "seconds": 412,
                "seed": 20261121, "digest": "…", "failed": …}}

`seed` and `digest` are those of the classes of notebooks that train: what they were passed on, and
for. Each night takes the next seed. `failed` is the time of a failure since then; a part that
passes again loses it.
"""

import datetime
import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.nightly.parts import CLASS, ROOT, digest

FILE = Path(__file__).resolve().parent / "record.json"
NEVER = ""
SEED = 20261121  # the first; none of those that the bars were measured with

Entry = Mapping[str, Any]


def read() -> dict[str, Entry]:
    """Of every part that was ever run."""
    found: dict[str, Entry] = json.loads(FILE.read_text("utf-8")) if FILE.is_file() else {}
    return found


def keep(part: str, passed: bool, seconds: float) -> None:
    """Write down how a part went just now."""
    known = read()
    today = datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes")
    if passed:
        entry: dict[str, Any] = {"passed": today, "commit": commit(), "seconds": round(seconds)}
        if part.startswith(CLASS):
            entry |= {"seed": seed(part), "digest": digest(part)}
    else:
        entry = {**known.get(part, {"passed": NEVER}), "failed": today}
    known[part] = entry
    lines = [f" {json.dumps(name)}: {json.dumps(known[name])}" for name in sorted(known)]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def seed(part: str) -> int:
    """Of data and trainings of a class tonight: the next one, until it passes."""
    return int(read().get(part, {}).get("seed", SEED - 1)) + 1


def commit() -> str:
    """The commit that is checked out, with `+` where files differ from it, but for the record."""

    def git(*words: str) -> str:
        asked = ("git", *words)
        found = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
        return found.stdout.strip()

    differs = git("status", "--porcelain", "--", ".", ":!tests/nightly/record.json")
    return (git("rev-parse", "--short=9", "HEAD") or "no commit") + "+" * bool(differs)


def longest_ago(names: Sequence[str], known: Mapping[str, Entry]) -> list[str]:
    """Parts by the day they last passed, those that never did first."""
    return sorted(names, key=lambda name: str(known.get(name, {}).get("passed", NEVER)))


def due(classes: Sequence[str], known: Mapping[str, Entry], now: Mapping[str, str]) -> str:
    """The class that a commit tries: of those that have changed since they passed, the oldest.

    Args:
        classes: parts, one for each notebook that trains.
        known: the record.
        now: part → digest of today.

    Where none has changed, the oldest of all.
    """
    changed = [name for name in classes if known.get(name, {}).get("digest") != now[name]]
    return longest_ago(changed or list(classes), known)[0]
