"""The digests of the rubrics that there are: whom does a change concern?"""

import io
import re
import shutil
import subprocess
import sys
import time
import tokenize
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from graders.checks import alternating, compare, decoders, faces, names, stimuli, stored_base
from graders.core import calibration, catalogue, facts
from graders.core.catalogue import Course
from graders.metrics import captions

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = catalogue.notebooks()

# What is printed by a tree: for each notebook what decides points, what is told, what is measured.
DIGESTS = """
from graders.core import calibration, catalogue, facts
for name in catalogue.notebooks():
    course = catalogue.course(name)
    decides = facts.deciding(course)
    told, measured = facts.words(course, decides), calibration.of_measures(course.grader)
    print(name, decides.points, told, measured)
"""


@cache
def of_tree(root: Path) -> dict[str, list[str]]:
    """notebook → points, words, measures of a copy of the repository."""
    done = subprocess.run(
        [sys.executable, "-c", DIGESTS], cwd=root, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return {name: found for name, *found in map(str.split, done.stdout.splitlines())}


def copied(place: Path) -> Path:
    """What digests are made of, at another place."""
    for folder in ("graders", "reports", "assignments"):
        left_out = shutil.ignore_patterns("__pycache__", "*.png", "*.md")
        shutil.copytree(ROOT / folder, place / folder, ignore=left_out)
    return place


def rename(path: Path, renamed: Mapping[str, str]) -> None:
    """Rename what stands free in a file, or is taken from `graders.checks`."""
    text = path.read_text("utf-8")
    lines = text.splitlines(keepends=True)
    found = list(tokenize.generate_tokens(io.StringIO(text).readline))
    for index in range(len(found) - 1, -1, -1):
        token, before = found[index], [t.string for t in found[max(0, index - 2) : index]]
        free = not before or before[-1] != "." or before == ["checks", "."]
        if token.type == tokenize.NAME and token.string in renamed and free:
            row, column = token.start
            line = lines[row - 1]
            new = renamed[token.string]
            lines[row - 1] = line[:column] + new + line[column + len(token.string) :]
    path.write_text("".join(lines), "utf-8")


def test_a_renamed_module_and_other_comments_change_no_digest(tmp_path: Path) -> None:
    root = copied(tmp_path)
    checks = root / "graders" / "checks"
    (checks / "compare.py").rename(checks / "side_by_side.py")
    files = [*checks.glob("*.py"), *(root / "graders").glob("*.py")]
    for path in files:
        rename(path, {"compare": "side_by_side"})
    moved = checks / "side_by_side.py"
    text = moved.read_text("utf-8")
    text = re.sub(r"\btally\b", "counted", text)
    text = text.replace('"""', '"""Anew: ', 1).replace("# A wrong", "# Mind: a wrong")
    text = text.replace('TypeError(f"the reference gave', 'TypeError(f"the key holds')
    moved.write_text("\n\n" + text, "utf-8")
    assert "key holds" in text
    assert not any("compare.one" in path.read_text("utf-8") for path in files)

    assert of_tree(root) == of_tree(ROOT)


def test_a_new_sentence_of_a_rubric_is_new_words_of_that_notebook_alone(tmp_path: Path) -> None:
    root = copied(tmp_path)
    rubric = root / "graders" / "names_rnn.py"
    old = 'asks="Names that your network draws are like real ones."'
    text = rubric.read_text("utf-8")
    assert old in text
    rubric.write_text(text.replace(old, 'asks="Sampled names are like real ones."'), "utf-8")
    before, after = of_tree(ROOT), of_tree(root)
    assert [n for n in NOTEBOOKS if before[n] != after[n]] == ["names_rnn"]
    (points, words, measured), now = before["names_rnn"], after["names_rnn"]
    assert (now[0], now[2]) == (points, measured)
    assert now[1] != words


def test_a_default_of_a_judge_concerns_the_notebooks_that_reach_it(tmp_path: Path) -> None:
    root = copied(tmp_path)
    judge = root / "graders" / "checks" / "gradients.py"
    text = judge.read_text("utf-8")
    assert "LIKENESS = 0.8" in text
    judge.write_text(text.replace("LIKENESS = 0.8", "LIKENESS = 0.7"), "utf-8")
    before, after = of_tree(ROOT), of_tree(root)
    assert [n for n in NOTEBOOKS if before[n] != after[n]] == ["linear_models"]
    assert before["linear_models"][1:] == after["linear_models"][1:]


@pytest.mark.parametrize(
    ("file", "old", "new", "concerned"),
    [
        ("linear_models.py", '"Weights"', '"Your weights"', ["linear_models"]),
        ("linear_models.py", '"more" if mine', '"too many" if mine', ["linear_models"]),
        ("shared.py", "unseen inputs", "inputs", list(NOTEBOOKS)),
    ],
)
def test_a_sentence_of_a_table_is_words(
    tmp_path: Path, file: str, old: str, new: str, concerned: list[str]
) -> None:
    root = copied(tmp_path)
    table = root / "graders" / "sentences" / file
    text = table.read_text("utf-8")
    assert old in text
    table.write_text(text.replace(old, new), "utf-8")
    before, after = of_tree(ROOT), of_tree(root)
    assert [n for n in NOTEBOOKS if before[n][1] != after[n][1]] == concerned
    assert all(before[n][::2] == after[n][::2] for n in NOTEBOOKS)


def test_another_page_is_new_words_of_all(tmp_path: Path) -> None:
    root = copied(tmp_path)
    style = root / "reports" / "static" / "student.css"
    style.write_text(style.read_text("utf-8") + "b{}", "utf-8")
    before, after = of_tree(ROOT), of_tree(root)
    for name in NOTEBOOKS:
        assert after[name][1] != before[name][1], name
        assert after[name][::2] == before[name][::2], name


# --- a tolerance of one judge ---

ALL = set(NOTEBOOKS)


@cache
def points_today() -> dict[str, str]:
    return {name: facts.deciding(catalogue.course(name)).points for name in NOTEBOOKS}


@pytest.mark.parametrize(
    ("module", "constant", "value", "concerned"),
    [
        (compare, "BY_ACCIDENT", 0.6, ALL),
        (names, "_CAUSAL", 0.1, {"names_rnn"}),
        (alternating, "_RTOL", 0.1, {"face_gan"}),
        (decoders, "_NOTHING", 0.1, {"captioning"}),
        (faces, "JUMP", 0.4, {"face_autoencoder"}),
        (stimuli, "OUTSIDE_COUNTS", 0.4, {"cifar_cnn"}),
        (stored_base, "_UNRELATED", 0.3, {"flowers_finetune"}),
        (captions, "ORDER", 3, {"captioning"}),
    ],
)
def test_a_tolerance_concerns_exactly_the_notebooks_that_reach_it(
    module: ModuleType, constant: str, value: float, concerned: set[str], monkeypatch
) -> None:
    before = points_today()
    monkeypatch.setattr(module, constant, value)
    after = {name: facts.deciding(catalogue.course(name)).points for name in NOTEBOOKS}
    assert {name for name in NOTEBOOKS if before[name] != after[name]} == concerned


def changed(course: Course, **more: object) -> Course:
    return replace(course, grader=replace(course.grader, **more))  # type: ignore[arg-type]


def test_what_a_check_is_worth_decides_and_what_it_asks_is_words() -> None:
    course = catalogue.course("linear_models")
    first, *others = course.grader.checks
    plain = facts.deciding(course)
    dearer = facts.deciding(changed(course, checks=(replace(first, points=9.0), *others)))
    assert dearer.points != plain.points
    reworded = changed(course, checks=(replace(first, asks="Anew."), *others))
    assert facts.deciding(reworded).points == plain.points
    assert facts.words(reworded, plain) != facts.words(course, plain)


def happy(share: float) -> str:
    return f"All {share:.0%} are right."


def other(share: float) -> str:
    return f"{share:.0%} are right."


@pytest.mark.parametrize(
    "table",
    [{"right": "All right."}, {"right": happy}, {"right": other}, {"wrong": "All are right."}, {}],
)
def test_a_table_of_sentences_is_words(table: Mapping[str, object]) -> None:
    course = catalogue.course("linear_models")
    decides = facts.deciding(course)

    def words(sentences: Mapping[str, object]) -> str:
        grader = SimpleNamespace(checks=(), by_hand=(), sentences=sentences)
        return facts.words(SimpleNamespace(name=course.name, grader=grader), decides)  # type: ignore[arg-type]

    assert words(table) == words(dict(table))
    assert words(table) != words({"right": "All are right."})


def test_an_observation_decides_by_what_it_does() -> None:
    course = catalogue.course("names_rnn")
    first, *others = course.grader.observations

    def points(source: str) -> str:
        seen = (replace(first, source=source), *others)
        return facts.deciding(changed(course, observations=seen)).points

    plain = facts.deciding(course).points
    assert points(first.source + "\n# a comment\n") == plain
    assert points(first.source + "\nkeras.utils.set_random_seed(1)\n") != plain


def test_limits_are_a_fact_of_their_own() -> None:
    course = catalogue.course("linear_models")
    assert facts.deciding(course.with_cell_limit(1)) == facts.deciding(course)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_takes_less_than_a_third_of_a_second(name: str) -> None:
    course = catalogue.course(name)
    facts.deciding(course)  # files are parsed once a process
    began = time.process_time()
    facts.words(course, facts.deciding(course))
    calibration.of_measures(course.grader)
    assert time.process_time() - began < 0.3 * 2  # machines differ


# --- bars ---


def test_a_new_passport_is_no_new_bar(tmp_path: Path) -> None:
    course = catalogue.course("mnist_digits")
    assert course.reference is not None
    text = (course.reference / "reference.mini.json").read_text("utf-8")
    here = replace(course, reference=tmp_path)
    file = tmp_path / "reference.mini.json"

    def digest(written: str) -> str:
        file.write_text(written, "utf-8")
        return facts.of_calibration(here, "mini")

    plain = digest(text)
    assert digest(text.replace('"date": "', '"date": "about ')) == plain
    assert digest(re.sub(r'"full": 0\.\d+', '"full": 0.5', text, count=1)) != plain
    assert digest("{") not in ("", plain)
