"""Cells moved, merged, copied, renamed and lost: whose cell stands for which."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graders.core.intake import Intake, take_file
from graders.core.intake.code import Code, without_magics
from tests.unit.small_assignment import (
    ANSWERS,
    IDS,
    SET_UP,
    Book,
    book,
    cell,
    released,
    solved,
    write_assignment,
)

Take = Callable[[Book], Intake]
WRONG = "def expand(X):\n    return X"


@pytest.fixture
def take(tmp_path: Path) -> Take:
    source = write_assignment(tmp_path / "course")

    def taken(handed_in: Book) -> Intake:
        path = tmp_path / "linear_models.ipynb"
        path.write_text(json.dumps(handed_in), encoding="utf-8")
        return take_file(path, source)

    return taken


def cells(taken: Intake) -> list[tuple[str, str]]:
    """(grade_id or "", source) of each cell that will run."""
    assert taken.notebook is not None
    return [
        (c["metadata"].get("nbgrader", {}).get("grade_id", ""), c["source"])
        for c in taken.notebook["cells"]
    ]


def codes(taken: Intake) -> list[str]:
    return [note.code for note in taken.notes]


def at(handed_in: Book, grade_id: str) -> dict[str, Any]:
    found: dict[str, Any] = handed_in["cells"][IDS.index(grade_id)]
    return found


def without_marks(handed_in: Book) -> Book:
    for one in handed_in["cells"]:
        one["metadata"] = {}
    return handed_in


def test_a_deleted_locked_cell_comes_back_behind_the_one_before_it(take: Take) -> None:
    mine = solved()
    mine["cells"] = [c for c in mine["cells"] if c not in (at(mine, "set_up"), at(mine, "intro"))]

    taken = take(mine)

    assert [grade_id for grade_id, _ in cells(taken)] == list(IDS)
    assert codes(taken) == ["cells-put-back"]


def test_a_deleted_answer_comes_back_as_its_stub_and_is_unanswered(take: Take) -> None:
    mine = solved()
    mine["cells"].remove(at(mine, "momentum"))

    taken = take(mine)

    assert "momentum" not in taken.answered
    assert "raise NotImplementedError()" in dict(cells(taken))["momentum"]


def test_the_students_own_order_and_extra_cells_are_kept(take: Take) -> None:
    mine = solved()
    mine["cells"].insert(3, cell("", "print(expand(X))"))
    mine["cells"].append(mine["cells"].pop(1))

    taken = take(mine)

    assert cells(taken)[2:4] == [
        ("check_expand", "assert expand(X).shape == (2, 6)"), ("", "print(expand(X))")
    ][::-1]  # fmt: skip
    assert cells(taken)[-1][0] == "set_up"


def test_points_ids_and_kinds_are_the_assignments(take: Take) -> None:
    mine = solved()
    at(mine, "check_sgd")["metadata"]["nbgrader"]["points"] = 1000
    at(mine, "expand")["metadata"]["nbgrader"].update(grade=True, solution=False, points=9)
    at(mine, "probability")["cell_type"] = "markdown"

    taken = take(mine)

    assert taken.notebook is not None
    assert codes(taken) == ["grade-cells-repaired"]
    assert taken.notebook["cells"][8]["metadata"]["nbgrader"]["points"] == 3
    assert taken.notebook["cells"][2]["metadata"]["nbgrader"]["solution"] is True
    assert taken.notebook["cells"][5]["cell_type"] == "code"
    assert taken.answered == ANSWERS


@pytest.mark.parametrize(
    ("versions", "counts", "kept"),
    [
        pytest.param(["stub", "mine"], "mine", [], id="stub first"),
        pytest.param(["mine", "stub"], "mine", [], id="stub last: run, it would undo the answer"),
        pytest.param([WRONG, "mine"], "mine", [WRONG], id="two drafts: the last one counts"),
        pytest.param(["mine", WRONG], WRONG, ["mine"], id="the last one counts though it is wrong"),
        pytest.param(["stub", "stub"], "stub", [], id="two stubs"),
    ],
)
def test_of_copied_answer_cells_the_last_that_was_worked_on_counts(
    versions: list[str], counts: str, kept: list[str], take: Take
) -> None:
    mine = solved()
    words = {"stub": at(released(), "expand")["source"], "mine": ANSWERS["expand"]}
    copies = [{**at(mine, "expand"), "source": words.get(v, v)} for v in versions]
    mine["cells"][2:3] = copies

    taken = take(mine)

    assert codes(taken) == ["duplicated-cells"]
    assert dict(cells(taken))["expand"] == words.get(counts, counts)
    assert [s for g, s in cells(taken) if not g] == [words.get(k, k) for k in kept]
    assert ("expand" in taken.answered) == (counts != "stub")


def test_an_answer_in_an_extra_cell_is_not_undone_by_the_stub_below_it(take: Take) -> None:
    mine = released()
    mine["cells"].insert(1, cell("", ANSWERS["expand"]))

    taken = take(mine)

    assert taken.answered == {"expand": ANSWERS["expand"]}
    assert [s for _, s in cells(taken) if "def expand" in s] == [ANSWERS["expand"]]
    assert codes(taken) == ["answers-elsewhere"]


def test_a_script_answered_in_an_extra_cell_takes_over_the_id(take: Take) -> None:
    mine = solved()
    at(mine, "sgd")["source"] = at(released(), "sgd")["source"]
    mine["cells"].append(cell("", "eps = 0\n" + ANSWERS["sgd"].replace("eta *", "eta  *")))

    taken = take(mine)

    assert taken.answered["sgd"].startswith("eps = 0")
    assert taken.answered["momentum"] == ANSWERS["momentum"]
    assert cells(taken)[-1][0] == "sgd"


def test_an_answer_cell_split_in_two_keeps_both_halves(take: Take) -> None:
    mine = solved()
    at(mine, "probability")["source"] = "def logistic(z):\n    return 1 / (1 + np.exp(-z))"
    answer = "def probability(X, w):\n    return logistic(X @ w)"
    mine["cells"].insert(6, cell("", answer))

    taken = take(mine)

    assert taken.answered["probability"] == answer
    assert "logistic(z)" in cells(taken)[5][1]


def test_merged_answers_both_count(take: Take) -> None:
    mine = solved()
    both = ANSWERS["expand"] + "\n\n" + ANSWERS["probability"]
    at(mine, "expand")["source"] = both
    mine["cells"].remove(at(mine, "probability"))

    taken = take(mine)

    assert taken.answered["expand"] == taken.answered["probability"] == both
    assert sum("def probability" in s for _, s in cells(taken)) == 1


def test_an_answer_written_into_a_check_survives_the_restoring_of_the_check(take: Take) -> None:
    mine = released()
    at(mine, "check_expand")["source"] = ANSWERS["expand"]

    taken = take(mine)

    assert taken.answered == {"expand": ANSWERS["expand"]}
    assert dict(cells(taken))["check_expand"] == "assert expand(X).shape == (2, 6)"


def test_an_import_added_to_the_set_up_runs_before_the_original(take: Take) -> None:
    mine = solved()
    at(mine, "set_up")["source"] = "from scipy.special import expit\n" + SET_UP.replace("0.5", "9")

    taken = take(mine)

    assert cells(taken)[1][1].startswith("from scipy")
    assert cells(taken)[2] == ("set_up", SET_UP)
    assert codes(taken) == ["locked-cells-restored"]


def test_new_blank_lines_in_a_locked_cell_are_no_change(take: Take) -> None:
    mine = solved()
    at(mine, "set_up")["source"] = [line + " \r\n" for line in SET_UP.split("\n")]

    assert take(mine).notes == ()


def test_a_notebook_without_marks_is_found_by_names_words_and_headings(take: Take) -> None:
    taken = take(without_marks(solved()))

    assert (taken.structure, taken.answered) == ("salvaged", ANSWERS)
    assert [grade_id for grade_id, _ in cells(taken)] == list(IDS)


def test_of_two_unmarked_definitions_the_last_one_counts(take: Take) -> None:
    mine = without_marks(solved())
    mine["cells"].insert(2, cell("", WRONG))

    assert take(mine).answered["expand"] == ANSWERS["expand"]


def test_a_blank_notebook_without_marks_answers_nothing(take: Take) -> None:
    taken = take(without_marks(released()))

    assert (taken.structure, taken.answered) == ("salvaged", {})
    assert [grade_id for grade_id, _ in cells(taken)] == list(IDS)


def test_another_structure_gets_the_set_up_but_neither_checks_nor_stubs(take: Take) -> None:
    taken = take(book([cell("", "import grading"), cell("", ANSWERS["expand"])]))

    assert taken.structure == "foreign"
    assert [grade_id for grade_id, _ in cells(taken)] == ["set_up", "", "expand", "expanded"]


def test_a_line_of_the_stub_left_in_an_answer_is_noted_where_it_can_stop_it(take: Take) -> None:
    mine = solved()
    left = "\n    raise NotImplementedError()"
    at(mine, "expand")["source"] += left  # behind the return: harmless
    at(mine, "sgd")["source"] = at(mine, "sgd")["source"].replace("\nsgd_w", f"{left}\nsgd_w")

    (note,) = take(mine).notes

    assert (note.code, note.student.split(": ")[1]) == ("stub-line-left", "sgd.")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("def expand(X):\n    # YOURS\n    raise NotImplementedError()", id="stub"),
        pytest.param("def expand(X):\n    pass  # later", id="stub taken out, nothing written"),
        pytest.param("def expand(X):\n    '''Other words.'''\n    ...", id="another docstring"),
        pytest.param("# def expand(X): return X", id="all commented out"),
        pytest.param("", id="emptied"),
    ],
)  # fmt: skip
def test_a_cell_without_substance_is_unanswered(source: str, take: Take) -> None:
    mine = solved()
    at(mine, "expand")["source"] = source

    assert "expand" not in take(mine).answered


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("def expand(X):\n    # YOUR CODE HERE\n    return X", id="stub comment left"),
        pytest.param("expand = lambda X: X", id="lambda"),
        pytest.param("%%time\ndef expand(X):\n    return X", id="cell magic"),
        pytest.param("!ls\ndef expand(X):\n    return X\nexpand?", id="shell and help"),
        pytest.param("def expand(X):\n    return X[:, 0", id="does not parse"),
    ],
)
def test_a_cell_with_substance_is_answered(source: str, take: Take) -> None:
    mine = solved()
    at(mine, "expand")["source"] = source

    assert take(mine).answered["expand"] == source


@pytest.mark.parametrize("words", ["YOUR ANSWER HERE", "", "  \n", "YOUR ANSWER HERE\n"])
def test_a_placeholder_is_no_written_answer(words: str, take: Take) -> None:
    mine = solved()
    at(mine, "in_words")["source"] = words

    assert "in_words" not in take(mine).answered


def test_words_beside_the_placeholder_are_a_written_answer(take: Take) -> None:
    mine = solved()
    at(mine, "in_words")["source"] = "YOUR ANSWER HERE: it remembers"

    assert "in_words" in take(mine).answered


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import numpy as np, os.path\nfrom a import b as c", {"np", "os", "c"}),
        ("for i in range(3):\n    with f() as g:\n        a, *b = 1, 2", {"i", "g", "a", "b"}),
        ("def f():\n    inner = 1\nclass C:\n    x = 1", {"f", "C"}),
        ("x[0] = 1; y.z = 2; [q for q in r]; (n := 3)", {"n"}),
        ("files = !ls \\\n  -l\n%matplotlib inline\nz = 1\nz??", {"files", "z"}),
        ("%%bash\nx=1", set()),
        ("COURSERA_TOKEN = ### YOUR TOKEN HERE\ndef f(x):", {"COURSERA_TOKEN", "f"}),
    ],
)
def test_names_are_read_from_whatever_students_write(source: str, names: set[str]) -> None:
    assert Code(source).names == names


def test_a_warning_in_students_code_stays_with_the_student() -> None:
    assert Code(r"pattern = '\d+' is 'x'").names == {"pattern"}


def test_blanking_magics_keeps_the_blocks() -> None:
    assert without_magics("if x:\n    !ls\nelse:\n    y = 5 % 2") == (
        "if x:\n    pass\nelse:\n    y = 5 % 2"
    )


def test_a_shell_command_over_several_lines_leaves_code_that_parses() -> None:
    assert Code("files = !ls \\\n  -l\nz = 1\nz??").tree is not None
