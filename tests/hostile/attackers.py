"""A class of attackers with honest students among them, for any sandbox.

Attackers are the hostile variants, and files that were tampered with: on a notebook that deserves
nothing where the tampering was to earn, on the reference where it was to break. Each says what it
may end with at the most (`earns`) and at the least (`keeps`: what its honest parts deserve).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reference_solutions.broken import BROKEN, REFUSED
from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import fill, read_cells, variant_notebook, variants

FULL = 32.0  # automatic points of linear_models
SECRET = "the-host-s-own-secret-4711"  # what a link among the handed-in files leads to
MARK = "dlgrade-was-here"  # the file that a payload leaves where it is run
EVERY = 9  # after so many attackers sits an honest student


@dataclass(frozen=True)
class Attack:
    """Somebody's attempt.

    Args:
        name: permanent; a variant's or a kind of broken file.
        title: what it does, in one line.
        earns: the most automatic points that it may end with.
        keeps: the fewest.
        isolated: it may run only where more than an account protects others.
        hand_in: leaves its files in `submitted/<student>/<assignment>`.
    """

    name: str
    title: str
    earns: float
    keeps: float
    isolated: bool
    hand_in: Callable[[Path], None]


@cache
def reference() -> str:
    """The reference as a notebook's text."""
    cells = read_cells(SOURCE.parents[2] / "reference_solutions" / NOTEBOOK / "solution.py")
    return json.dumps(fill(SOURCE, cells))


@cache
def worthless() -> str:
    """A notebook whose visible checks pass and that deserves nothing."""
    (hard_coded,) = [v for v in variants(NOTEBOOK) if v.name == "hard_coded_answers"]
    return json.dumps(variant_notebook(SOURCE, hard_coded))


def notebook_in(place: Path, text: str) -> None:
    (place / f"{place.name}.ipynb").write_text(text, encoding="utf-8")


# Tampering that is to earn points for nothing, and faults that are to break the batch
TO_EARN = ("locked-changed", "checks-deleted", "repointed", "duplicated")
TO_BREAK = ("duplicated", "unknown-kernel", "huge-outputs", "waits-for-input")
UNREADABLE = tuple(
    name
    for name in (
        "link", "linked-folder", "dangling-link", "pipe", "truncated", "empty-file", "picture",
        "damaged", "nested-json", "future-format", "too-many-cells", "too-large", "no-file",
    )
)  # fmt: skip


def _from_broken(name: str, text: Callable[[], str]) -> Callable[[Path], None]:
    return lambda place: BROKEN[name](text().encode(), place)


def _linked_data(place: Path) -> None:
    secret = place.parents[2] / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    for name in ("data.txt", "train.npy", "target.npy", "ending.json", "answers.jsonl"):
        (place / name).symlink_to(secret)
    notebook_in(place, reference())


def _gradebook_beside(place: Path) -> None:
    for name in ("gradebook.db", "grade.json", "results.json", "feedback.html", "sitecustomize.py"):
        (place / name).write_text('{"points": 35}', encoding="utf-8")
    notebook_in(place, worthless())


def _variant(path_and_more: Any) -> Attack:
    v = path_and_more
    return Attack(
        v.name.replace("_", "-"),
        v.title,
        v.earns,
        v.keeps,
        v.needs_isolation,
        lambda place: notebook_in(place, json.dumps(variant_notebook(SOURCE, v))),
    )


def _said(name: str) -> str:
    words = " ".join((BROKEN[name].__doc__ or "").split())
    return words[:1].lower() + words[1:].rstrip(".")


def every_attack() -> list[Attack]:
    """All of them, in the order in which they sit."""
    assert set(UNREADABLE) <= set(REFUSED)
    found = [_variant(v) for v in variants(NOTEBOOK) if v.kind == "hostile"]
    for name in TO_EARN:
        title = f"a worthless notebook: {_said(name)}"
        found.append(Attack(f"worthless-{name}", title, 0, 0, False, _from_broken(name, worthless)))
    for name in TO_BREAK:
        title = f"a right notebook: {_said(name)}"
        found.append(Attack(name, title, FULL, FULL, False, _from_broken(name, reference)))
    for name in UNREADABLE:
        found.append(Attack(name, _said(name), 0, 0, False, _from_broken(name, reference)))
    found += [
        Attack("linked-data", "links to a file of the host's beside a right notebook",
               FULL, FULL, False, _linked_data),
        Attack("gradebook-beside", "a gradebook and results beside a worthless notebook",
               0, 0, False, _gradebook_beside),
    ]  # fmt: skip
    assert len({a.name for a in found}) == len(found)
    return found


ATTACKS = every_attack()


def seats(isolates: bool) -> list[Attack]:
    """Who sits in a class: attackers that may run there, honest students between them."""
    seated: list[Attack] = []
    for attack in ATTACKS:
        if isolates or not attack.isolated:
            if len(seated) % (EVERY + 1) == 0:
                seated.append(_honest(len(seated)))
            seated.append(attack)
    return [*seated, _honest(len(seated))]


def _honest(seat: int) -> Attack:
    return Attack(
        f"honest-{seat}", "the reference", FULL, FULL, False,
        lambda place: notebook_in(place, reference()),
    )  # fmt: skip
