"""Every code has a sentence, every sentence a code, and no code decides on words."""

import ast
import importlib
import pkgutil
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import graders.sentences
from graders.core import catalogue
from graders.core.saying import (
    Said,
    Says,
    everybodys,
    follows,
    from_plain,
    plain,
    said,
    says,
    shared,
    spoken,
    tell,
)
from tests.told import everything

ROOT = Path(__file__).resolve().parents[2] / "graders"
TABLES = tuple(m.name for m in pkgutil.iter_modules(graders.sentences.__path__))
JUDGING = [
    p for p in sorted(ROOT.rglob("*.py")) if "sentences" not in p.relative_to(ROOT).as_posix()
]


def _said(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "said"
        ):
            yield node


CALLS = [(path, call) for path in JUDGING for call in _said(path)]
LITERAL = [
    pytest.param(call, id=f"{path.relative_to(ROOT)}:{call.lineno}")
    for path, call in CALLS
    if isinstance(call.args[0], ast.Constant)
]


@pytest.mark.parametrize("call", LITERAL)
def test_a_code_has_a_sentence_that_is_made_of_the_facts_it_is_given(call: ast.Call) -> None:
    code = call.args[0].value  # type: ignore[attr-defined]
    assert code in everything(), f"no table has a sentence for {code!r}"
    given = {keyword.arg for keyword in call.keywords}
    needed = everything()[code].needs
    if None in given:  # `**facts`: some of them are named elsewhere
        assert given - {None} <= needed
    else:
        assert given == needed


def test_a_sentence_has_a_code_that_somebody_hands_out() -> None:
    named = {
        node.value
        for path in JUDGING
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not set(everything()) - named


def test_no_notebook_has_a_sentence_for_a_code_of_another_table() -> None:
    taken: dict[str, str] = {}
    for name in TABLES:
        for code in importlib.import_module(f"graders.sentences.{name}").SENTENCES:
            assert code not in taken, f"{name} and {taken[code]} both have {code!r}"
            taken[code] = name


@pytest.mark.parametrize("name", catalogue.notebooks())
def test_a_rubric_speaks_by_its_own_table(name: str) -> None:
    table = importlib.import_module(f"graders.sentences.{name}").SENTENCES
    assert catalogue.course(name).grader.sentences == table


@pytest.mark.parametrize("code", sorted(everything()))
def test_a_code_is_kebab_case(code: str) -> None:
    assert set(code) <= set(string.ascii_lowercase + string.digits + "-")


# --- the mechanism ---

TOYS: dict[str, Says] = {
    "too-long": says(
        "{what!c} is {ratio:.1f} times too long: {why!p}", holds=lambda ratio: ratio > 1
    ),
    "step": says("the step"),
    "why": says(
        lambda n, names: f"{n} of {', '.join(names)}", holds=lambda n, names: n <= len(names)
    ),
}
STEP = said("step")
WHY = said("why", n=2, names=("a", "b"))
LONG = said("too-long", what=STEP, ratio=1.25, why=WHY)


def test_what_is_said_becomes_a_sentence_with_what_it_is_made_of() -> None:
    assert tell(TOYS, LONG) == "The step is 1.2 times too long: 2 of a, b."
    assert tell(TOYS, (STEP, STEP)) == "the step the step"
    assert tell(TOYS, ()) == ""


@pytest.mark.parametrize(
    ("what", "true"),
    [
        (LONG, True),
        (said("too-long", what=STEP, ratio=0.5, why=WHY), False),
        (said("too-long", what=STEP, ratio=2.0, why=said("why", n=3, names=("a",))), False),
        (STEP, True),
    ],
)
def test_a_sentence_is_true_where_it_follows_from_its_numbers_all_the_way_down(
    what: Said, true: bool
) -> None:
    assert follows(TOYS, what) is true


def test_what_is_said_survives_json() -> None:
    import json

    nan = said("why", n=float("nan"), names=(("a", 1), LONG))
    stored = json.loads(json.dumps(plain((LONG, nan)), allow_nan=False))
    first, second = from_plain(stored)
    assert first == LONG
    assert repr(second) == repr(nan)


def test_a_figure_is_put_into_words_with_its_title() -> None:
    from graders.core.figures import Table

    table = Table(LONG, (STEP, "yours"), (("a", "b"),), note=WHY)
    told = spoken(TOYS, table)
    assert told.title.startswith("The step")
    assert told.headings == ("the step", "yours")
    assert told.note == "2 of a, b"


def test_a_fact_is_a_number_a_name_or_something_said() -> None:
    with pytest.raises(TypeError, match="dict is no fact"):
        said("step", what={})


def test_a_code_without_a_sentence_is_named() -> None:
    with pytest.raises(KeyError, match="no-such-code"):
        tell(TOYS, said("no-such-code"))


def test_two_shared_tables_do_not_share_a_code() -> None:
    code = next(iter(everybodys()))
    with pytest.raises(ValueError, match=code):
        shared({code: says("another sentence")})
