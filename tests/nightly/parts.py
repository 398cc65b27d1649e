"""The parts of a night: what each runs, and what it was passed for.

A test says by `pytest.mark.nightly` that it belongs to a part; other parts are commands.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graders.core import calibration, catalogue, facts

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "nightly"  # what a part has finished: the same command goes on with it
CLASS = "conformance-"  # of the class of a notebook that trains


@dataclass(frozen=True, slots=True)
class Part:
    """One part.

    Args:
        command: what is run, in the checkout; exit status 0 is passing.
        what: one line for the report.
    """

    name: str
    command: tuple[str, ...]
    what: str


def _tests(name: str, what: str, *where: str) -> Part:
    command = (sys.executable, "-m", "pytest", "--part", name, *(where or ("tests",)))
    return Part(name, command, what)


@cache
def trained() -> tuple[str, ...]:
    """The notebooks that train: their bars are measured."""
    return tuple(n for n in catalogue.notebooks() if catalogue.course(n).grader.measures)


@cache
def parts() -> Mapping[str, Part]:
    """All parts by name, in the order in which a first night runs them."""
    strangers = (sys.executable, "-m", "tests.strangers", "--to", str(CACHE / "strangers"))
    found = [
        *(
            _tests(f"{CLASS}{name}", f"a class of {name}, on a fresh seed", "tests/conformance")
            for name in trained()
        ),
        Part("strangers", strangers, "notebooks of people who knew the texts alone"),
        Part("demo-all", ("make", "demo-all"), "everybody of the demo's class, in every notebook"),
        _tests("sandboxes", "what every sandbox promises, tried with real kernels; the doctor"),
        _tests("engines", "Engines restarted in mid batch, images made from nothing"),
        _tests("attackers", "a class of attackers, in every sandbox"),
        _tests("courses", "nbgrader's round trip, exports, regrading, other people's courses"),
        _tests("pages", "every page in Chromium, with an accessibility checker"),
    ]
    return {part.name: part for part in found}


@cache
def digest(part: str) -> str:
    """What the class of a notebook was passed for: its points and everything it runs."""
    course = catalogue.course(part.removeprefix(CLASS))
    made = calibration.sources(course)
    words = (facts.deciding(course).points, made["assignment"], made["reference"])
    return facts.digest(*(word.encode() for word in words))
