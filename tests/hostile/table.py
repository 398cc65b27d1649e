"""The table of attacks in HOSTILE.md: only facts that are the same on every run, so no seconds."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.hostile.attackers import FULL, Attack, seats
from tests.hostile.peers import PEERS

PAGE = Path(__file__).resolve().parents[2] / "HOSTILE.md"
RENEW = "DLGRADE_RENEW_TABLE"
BEGIN = "<!-- made by tests/hostile with DLGRADE_RENEW_TABLE=1; do not edit -->"
END = "<!-- end of what is made -->"

# Which of several limits stops a run first depends on the machine's speed; that one did, does not.
_ENDED = {
    "finished": "ran to its end",
    "cell error": "ran to its end",
    "cell time limit": "stopped at a limit",
    "time limit": "stopped at a limit",
    "out of memory": "stopped at a limit",
    "process limit": "stopped at a limit",
    "disk limit": "stopped at a limit",
    "kernel died": "ended its own process",
    "killed": "ended its own run",
}


def text(grades: Mapping[str, Mapping[str, Any]]) -> str:
    """The tables as Markdown.

    Args:
        grades: grade.json of everybody in a class that isolates, by the attack's name.
    """
    seated = {attack.name: attack for attack in seats(isolates=True)}
    honest = [grades[name]["points"] for name in seated if name.startswith("honest-")]
    held = sum(bool(grade["held"]) for grade in grades.values())
    attacks = [a for name, a in seated.items() if not name.startswith("honest-")]
    full = sum(points == FULL for points in honest)
    lines = [
        f"{len(attacks)} attacks and {len(honest)} honest students in one batch on Docker. The "
        f"batch went on to its end: {len(grades)} of {len(seated)} have a grade, "
        f"{held or 'none'} HELD. {full} of the "
        f"{len(honest)} honest students have full marks ({FULL:g}).",
        "",
        "## Attacks that were measured on nbgrader and otter",
        "",
        "| attack (what it deserves there, of 10) | nbgrader 0.9.6 | otter 7.0.0 "
        "| dlgrade: ended, points (of what it deserves) |",
        "|---|---|---|---|",
    ]
    for peer in PEERS:
        ours = "; ".join(_short(seated[name], grades[name]) for name in peer.ours)
        lines.append(f"| {peer.attack} | {peer.nbgrader} | {peer.otter} | {ours} |")
    lines += [
        "",
        "## All attacks",
        "",
        f"Automatic points, of {FULL:g}. What an attack deserves is declared beforehand, as the "
        "fewest and the most that it may end with.",
        "",
        "| attack | what it does | how it ended | points | deserves | batch went on |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(attack, grades.get(attack.name)) for attack in attacks]
    return "\n".join(lines) + "\n"


def _ended(grade: Mapping[str, Any]) -> str:
    run = grade["run"]
    return "refused before it ran" if run is None else _ENDED.get(run["ending"], run["ending"])


def _deserves(attack: Attack) -> str:
    if attack.keeps == attack.earns:
        return f"{attack.earns:g}"
    return f"{attack.keeps:g} to {attack.earns:g}"


def _points(attack: Attack, grade: Mapping[str, Any]) -> str:
    if grade["points"] is None:
        return "HELD"
    wide = attack.earns - attack.keeps > 4 and attack.keeps <= grade["points"] <= attack.earns
    return "within" if wide else f"{grade['points']:g}"  # who breaks himself, breaks when he may


def _short(attack: Attack, grade: Mapping[str, Any]) -> str:
    return f"`{attack.name}`: {_ended(grade)}, {_points(attack, grade)} ({_deserves(attack)})"


def _row(attack: Attack, grade: Mapping[str, Any] | None) -> str:
    if grade is None:
        return f"| `{attack.name}` | {attack.title} | - | - | {_deserves(attack)} | NO |"
    title = attack.title.replace("|", "\\|")
    return (
        f"| `{attack.name}` | {title} | {_ended(grade)} "
        f"| {_points(attack, grade)} | {_deserves(attack)} | yes |"
    )


def renew_or_compare(made: str) -> None:
    """Write the section when asked to; otherwise fail if the page says something else."""
    page = PAGE.read_text(encoding="utf-8")
    head, begin, rest = page.partition(BEGIN)
    committed, end, tail = rest.partition(END)
    assert begin, f"{PAGE.name} has lost the line {BEGIN}"
    assert end, f"{PAGE.name} has lost the line {END}"
    if os.environ.get(RENEW):
        PAGE.write_text(f"{head}{BEGIN}\n{made}{END}{tail}", encoding="utf-8")
        return
    differs = "\n".join(
        difflib.unified_diff(
            committed.strip().splitlines(), made.strip().splitlines(), PAGE.name, "just now",
            lineterm="", n=0,
        )
    )  # fmt: skip
    assert not differs, f"run this test with {RENEW}=1 after looking at what changed:\n{differs}"
