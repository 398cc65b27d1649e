"""What decides is told from what is only said, wherever it lies and whatever it is called."""

import functools
import importlib
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from graders.core.reach import reached, syntax

ROOT = Path(__file__).resolve().parents[2]
NAMES = itertools.count()

JUDGES = '''"""Judges."""

import functools
from dataclasses import dataclass
from enum import Enum

from . import bounds
from .bounds import near as close


class Kind(Enum):
    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True)
class Found:
    """What was found."""

    kind: Kind
    note: str = ""

    def worth(self) -> float:
        return 1.0 if self.kind is Kind.RIGHT else bounds.CONSOLATION


def told(kind: Kind, title: str) -> str:
    return f"{title}: {kind.value}"


@functools.cache
def half(n: int) -> float:
    return n / 2 if n < 2 else half(n - 1)


def odd(n):
    return n != 0 and even(n - 1)


def even(n):
    return n == 0 or odd(n - 1)


def judged(title: str, most: float = 2.0):
    """A judge."""

    def judge(answers, key):
        """Whether they agree."""
        if not answers:
            raise ValueError(f"no answers, but {key}")
        assert key, "there is a key"
        right = close(answers, key) and even(len(answers))  # a comment
        found = Found(Kind.RIGHT if right else Kind.WRONG, note="as it is")
        told(found.kind, title)
        return min(most, found.worth(), half(2))

    return judge


judge = judged("Weights")
'''

BOUNDS = """TOLERANCE = 1e-3
CONSOLATION = 0.25
UNUSED = 7


def near(found, expected):
    pairs = zip(found, expected, strict=True)
    return all(abs(a - b) < TOLERANCE for a, b in pairs)


def unused():
    return UNUSED
"""

PLAIN = {"judges.py": JUDGES, "bounds.py": BOUNDS}


@pytest.fixture
def package(tmp_path: Path, monkeypatch) -> Iterator[Callable[[Mapping[str, str]], ModuleType]]:
    """Writes files as a package of a name that no other has; gives its module of judges."""
    monkeypatch.syspath_prepend(tmp_path)
    made: list[str] = []

    def make(files: Mapping[str, str], judges: str = "judges") -> ModuleType:
        name = f"course{next(NAMES)}"
        made.append(name)
        for path, text in {"__init__.py": "", **files}.items():
            place = tmp_path / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")
            (place.parent / "__init__.py").touch()
        importlib.invalidate_caches()
        return importlib.import_module(f"{name}.{judges}")

    yield make
    for name in [n for n in sys.modules if n.split(".")[0] in made]:
        del sys.modules[name]


def edited(*edits: tuple[str, str], **renamed: str) -> dict[str, str]:
    """The plain files with some words replaced, then some of them renamed."""
    files = dict(PLAIN)
    for old, new in edits:
        assert any(old in text for text in files.values()), old
        files = {name: text.replace(old, new) for name, text in files.items()}
    return {renamed.get(name.removesuffix(".py"), name): text for name, text in files.items()}


SAME = {
    "another package": edited(),
    "a docstring": edited(('"""Whether they agree."""', '"""Do they agree?"""')),
    "no docstring": edited(('        """Whether they agree."""\n', "")),
    "a comment": edited(("# a comment", "# another")),
    "an exception's message": edited(('f"no answers, but {key}"', '"nothing to judge"')),
    "an assertion's message": edited(('"there is a key"', '"a key is missing"')),
    "an annotation": edited(("kind: Kind, title: str", 'kind: "Kind | None", title: object')),
    "lines moved": edited(("def odd(n)", "\n\n\ndef odd(n)")),
    "another order": {**PLAIN, "bounds.py": BOUNDS.split("\n\n\n")[1] + "\n\n\n" + BOUNDS},
    "a function's name": edited(("even", "is_even"), ("near", "alike"), ("half", "halved")),
    "a nested function's name": edited(("def judge(", "def line("), ("urn judge\n", "urn line\n")),
    "a class's name": edited(("Found", "Verdict")),
    "a constant's name": edited(("TOLERANCE", "CLOSE"), ("CONSOLATION", "AT_LEAST")),
    "an alias": edited(("as close", "as agree"), ("close(", "agree(")),
    "a module's name": edited(("import bounds", "import limits"), ("bounds.", "limits."),
                              (".bounds", ".limits"), bounds="limits.py"),
    "a module moved": edited(("from . import bounds", "from .deep.er import bounds"),
                             ("from .bounds", "from .deep.er.bounds"), bounds="deep/er/bounds.py"),
    "an import inside of a function": edited(
        ("from .bounds import near as close\n", ""),
        ("        right =", "        from .bounds import near as close\n\n        right ="),
    ),
    "what nothing reaches": edited(("UNUSED = 7", "UNUSED = 8")),
    "a sentence": edited(('judged("Weights")', 'judged("Your weights")')),
    "a note": edited(('note="as it is"', 'note="as it was"')),
}  # fmt: skip

OTHER = {
    "a tolerance": edited(("1e-3", "1e-2")),
    "a constant of a method": edited(("= 0.25", "= 0.5")),
    "an operator": edited(("< TOLERANCE", "<= TOLERANCE")),
    "a default": edited(("most: float = 2.0", "most: float = 1.0")),
    "what recursion ends with": edited(("return n == 0 or", "return n == 1 or")),
    "a cached function": edited(("n / 2", "n / 3")),
    "a string that is no sentence": edited(('RIGHT = "right"', 'RIGHT = "correct"')),
    "another function": edited(("even(len(answers))", "odd(len(answers))")),
    "what is raised": edited(("raise ValueError(", "raise TypeError(")),
    "the name of a parameter": edited(("near(found", "near(given"), ("zip(found", "zip(given")),
    "a type that is checked": edited(("is Kind.RIGHT", "is not Kind.RIGHT")),
}  # fmt: skip


@pytest.mark.parametrize("files", SAME.values(), ids=SAME)
def test_what_does_not_count_changes_nothing(package, files) -> None:
    judges = "judges"
    before, after = reached(package(PLAIN).judge), reached(package(files, judges).judge)
    assert after.points == before.points
    assert len(after.definitions) == len(before.definitions)


@pytest.mark.parametrize("files", OTHER.values(), ids=OTHER)
def test_whatever_decides_changes_it(package, files) -> None:
    assert reached(package(files).judge).points != reached(package(PLAIN).judge).points


def test_only_sentences_are_words(package) -> None:
    before = reached(package(PLAIN).judge).words
    changed = [
        name for name, files in SAME.items() if reached(package(files).judge).words != before
    ]
    assert changed == ["a sentence", "a note"]


def test_everything_that_is_named_is_reached_and_nothing_else(package) -> None:
    found = {name.rpartition(".")[2] for name in reached(package(PLAIN).judge).definitions}
    assert found == {"judge", "Found", "Kind", "near", "even", "odd", "half", "told"}


def test_the_same_in_every_process(tmp_path: Path) -> None:
    """Neither the seed of hashes nor the folder of the process is in it."""
    code = (
        "import re; from graders.core.reach import reached\n"
        "import graders.checks.names as names\n"
        "odd = {'b', 'a', 'c'}, frozenset({1.5, 2}), re.compile('x'), {'k': (1, None)}, b'x', 1j\n"
        "print(reached(names.predicted, odd).points)"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
        ).stdout
        for seed, folder in (("1", ROOT), ("2", tmp_path))
    }  # fmt: skip
    assert len(said) == 1


# --- single things ---


def double(x: float) -> float:
    return 2 * x


def triple(x: float) -> float:
    return 3 * x


@dataclass
class Scale:
    by: float
    title: str = ""
    also: Callable[[float], float] | None = None

    def of(self, x: float) -> float:
        return self.by * x


class Row(list[int]):
    """A list of its own kind."""


def same(a: object, b: object) -> bool:
    return reached(a).points == reached(b).points


# Two lambdas of a line, told apart by their places.
PAIR = (lambda x: x + 1, lambda x: x + 2)
NESTED = lambda x: lambda y: x + y  # noqa: E731


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (double, triple),
        PAIR,
        (NESTED, NESTED(1)),
        (NESTED(1), NESTED(2)),
        (functools.partial(double, 1), functools.partial(double, 2)),
        (functools.partial(double, x=1), functools.partial(triple, x=1)),
        (functools.wraps(double)(lambda *a: 1), functools.wraps(double)(lambda *a: 2)),
        (functools.cache(double), functools.cache(triple)),
        (Scale(1.0).of, Scale(2.0).of),
        (Scale(1.0, also=double), Scale(1.0, also=triple)),
        (np.array([1.0, 2.0]), np.array([1.0, 2.5])),
        (np.zeros(4), np.zeros((2, 2))),
        (np.zeros(4, np.float32), np.zeros(4)),
        ({"a": 1}, {"a": 1.0}),
        (True, 1),
        ((1, (2,)), (1, 2)),
        (3.14, "3.14"),
        ({"f": double}, {"f": triple}),
        (np.sum, np.mean),
        (re.compile("a").match, re.compile("b").match),
        (Row((1, 2)), Row((1, 3))),
        (Path("a"), Path("b")),
        (Scale, double),
    ],
)  # fmt: skip
def test_two_things_that_differ_are_told_apart(one: object, other: object) -> None:
    assert same(one, one)
    assert not same(one, other)


def test_words_of_an_object_are_left_out_and_counted_apart() -> None:
    one, other = (reached(Scale(1.0, title)) for title in ("Weights", "Biases"))
    assert one.points == other.points
    assert one.words != other.words


def test_what_only_tells_counts_by_being_called() -> None:
    def judge(tell: Callable[[float], float]) -> Callable[[], float]:
        return lambda: tell(1.0)

    def points(tell: Callable[[float], float], *telling: object) -> str:
        return reached(judge(tell), telling=telling).points

    assert points(double) != points(triple)
    assert points(double, double, triple) == points(triple, double, triple)
    assert points(double, double) != points(double)


def test_where_a_file_lies_is_nothing(package) -> None:
    assert same(Path("/here/x"), Path("/there/y"))
    where = {"judges.py": "def judge():\n    return __name__, __file__\n"}
    assert same(package(where).judge, package(where).judge)


def test_a_variable_that_is_called_like_words_still_counts(package) -> None:
    judge = "def judge(x):\n    note: float = {}\n    return note * x\n"
    one, other = (package({"judges.py": judge.format(value)}).judge for value in (1.0, 2.0))
    assert not same(one, other)


def test_a_circle_ends() -> None:
    circle: list[object] = [1]
    circle.append(circle)
    other: list[object] = [2]
    other.append(other)
    assert not same(circle, other)


def test_what_was_made_at_run_time_is_known_by_its_instructions() -> None:
    def made(text: str) -> object:
        space: dict[str, object] = {"__name__": __name__}
        exec(text, space)
        return space["f"]

    assert same(made("def f(x): return x + 1"), made("def f(x):\n\n    return x + 1"))
    assert not same(made("def f(x): return x + 1"), made("def f(x): return x + 2"))


@pytest.mark.parametrize(
    ("text", "other", "equal"),
    [
        ("x = 1  # one", "x = 1", True),
        ('def f():\n    """Doc."""\n    return 1', "def f():\n    return 1", True),
        ("def f(x: int) -> int: return x", "def f(x): return x", True),
        ('raise ValueError("a")', 'raise ValueError("b")', True),
        ('print("a")', 'print("b")', False),
        ("x = 1", "x = 2", False),
        ("%matplotlib inline", "%matplotlib inline\n", True),
        ("%matplotlib inline", "%matplotlib notebook", False),
    ],
)
def test_code_of_a_kernel_counts_by_what_it_does(text: str, other: str, equal: bool) -> None:
    assert (syntax.normalised(text) == syntax.normalised(other)) is equal
