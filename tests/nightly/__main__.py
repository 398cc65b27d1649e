"""Run what is too long for every commit.

    python -m tests.nightly run PART        one part; what it had finished is not repeated
    python -m tests.nightly all [MINUTES]   those not passed for longest, until 90 minutes are over
    python -m tests.nightly report          when each part last passed, on which commit
    python -m tests.nightly due             the class that a commit tries beside linear_models

`record.json` keeps how they went; commit it. The exit status is 1 if a part failed.
"""

import subprocess
import sys
import time
from collections.abc import Sequence

from tests.nightly import record
from tests.nightly.parts import CLASS, ROOT, digest, parts, trained

MINUTES = 90.0


def run(name: str) -> bool:
    """Run a part and write down how it went."""
    part = parts()[name]
    print(f"{name}: {part.what}", flush=True)
    began = time.monotonic()
    ended = subprocess.run(part.command, cwd=ROOT, check=False)
    took = time.monotonic() - began
    if ended.returncode == 130:
        print(f"{name}: interrupted after {took:.0f} s; the same command goes on", flush=True)
        raise KeyboardInterrupt
    passed = ended.returncode == 0
    record.keep(name, passed, took)
    print(f"{name}: {'passed' if passed else 'FAILED'} in {took / 60:.1f} minutes", flush=True)
    return passed


def night(minutes: float) -> bool:
    """Run parts until the time is over; a part that has begun is run to its end."""
    end, passed = time.monotonic() + 60 * minutes, True
    waiting = record.longest_ago(list(parts()), record.read())
    for number, name in enumerate(waiting):
        if time.monotonic() >= end:
            left = ", ".join(waiting[number:])
            print(f"{minutes:g} minutes are over; not run this time: {left}")
            break
        passed = run(name) and passed
    return passed


def report() -> str:
    """A line for each part."""
    known, lines = record.read(), []
    width = max(map(len, parts()))
    for name, part in parts().items():
        entry = known.get(name, {})
        when = entry.get("passed") or "never"
        seed = f"  seed {entry['seed']}" if "seed" in entry else ""
        how = f"{when:22}  {entry.get('commit', ''):10}  {entry.get('seconds', 0) / 60:4.1f} min"
        failed = f"  FAILED {entry['failed']}" if "failed" in entry else ""
        changed = "digest" in entry and entry["digest"] != digest(name)
        lines.append(f"{name:{width}}  {how}{seed}{failed}{'  changed since' if changed else ''}")
        lines.append(f"{'':{width}}  {part.what}")
    return "\n".join(lines)


def due() -> str:
    """The class that a commit tries."""
    classes = [f"{CLASS}{name}" for name in trained()]
    return record.due(classes, record.read(), {name: digest(name) for name in classes})


def main(arguments: Sequence[str]) -> int:
    """Do what is asked; 2 on wrong usage."""
    match list(arguments):
        case ["run", name] if name in parts():
            return 0 if run(name) else 1
        case ["run", name]:
            print(f"there is no part {name!r}; known are: {', '.join(parts())}", file=sys.stderr)
            return 2
        case ["all", *rest] if len(rest) <= 1:
            return 0 if night(float(rest[0]) if rest else MINUTES) else 1
        case ["report"]:
            print(report())
        case ["due"]:
            print(due())
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
