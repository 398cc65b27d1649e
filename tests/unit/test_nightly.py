"""Parts of a night: what is due, what is kept, and that each marker names one of them."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]

from graders.core import catalogue
from tests.nightly import __main__ as command
from tests.nightly import record
from tests.nightly.parts import CLASS, Part, digest, parts, trained

ROOT = Path(__file__).resolve().parents[2]
CLASSES = ["conformance-a", "conformance-b", "conformance-c"]
NOW = {"conformance-a": "1", "conformance-b": "2", "conformance-c": "3"}


def passed(when: str, digest: str) -> dict[str, str]:
    return {"passed": when, "commit": "c", "digest": digest}


@pytest.mark.parametrize(
    ("known", "due"),
    [
        ({}, "conformance-a"),
        ({"conformance-a": passed("2026-11-01", "1")}, "conformance-b"),
        (
            {
                "conformance-a": passed("2026-11-03", "old"),
                "conformance-b": passed("2026-11-02", "old"),
                "conformance-c": passed("2026-11-01", "3"),
            },
            "conformance-b",
        ),
        (
            {
                "conformance-a": passed("2026-11-03", "1"),
                "conformance-b": passed("2026-11-01", "2"),
                "conformance-c": passed("2026-11-02", "3"),
            },
            "conformance-b",
        ),
    ],
    ids=["never", "others never", "of the changed ones the oldest", "none changed: the oldest"],
)
def test_a_commit_tries_the_oldest_class_of_those_that_have_changed(known, due) -> None:
    assert record.due(CLASSES, known, NOW) == due


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(record, "FILE", tmp_path / "record.json")
    return tmp_path / "record.json"


def test_a_failure_is_kept_beside_the_last_time_it_passed(written: Path) -> None:
    record.keep("strangers", True, 100.4)
    first = record.read()["strangers"]
    record.keep("strangers", False, 3.0)
    second = record.read()["strangers"]
    assert first["seconds"] == 100
    assert second["passed"] == first["passed"]
    assert second["commit"] == first["commit"]
    assert "failed" in second
    record.keep("strangers", True, 90.0)
    assert "failed" not in record.read()["strangers"]


def test_a_class_is_kept_with_what_it_was_passed_for(written: Path) -> None:
    name = f"{CLASS}{trained()[0]}"
    record.keep(name, True, 1.0)
    kept = record.read()[name]
    assert (kept["digest"], kept["seed"]) == (digest(name), record.SEED)


def test_each_night_takes_the_next_seed_once_the_last_one_has_passed(written: Path) -> None:
    name = f"{CLASS}{trained()[0]}"
    record.keep(name, False, 1.0)
    assert record.seed(name) == record.SEED
    record.keep(name, True, 1.0)
    assert record.seed(name) == record.SEED + 1
    record.keep(name, False, 1.0)
    assert record.seed(name) == record.SEED + 1


def toys(*statuses: int) -> dict[str, Part]:
    return {
        f"part{k}": Part(f"part{k}", ("sh", "-c", f"exit {status}"), "a toy")
        for k, status in enumerate(statuses)
    }


def test_a_night_goes_on_after_a_failure_and_says_so(
    written: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "parts", lambda: toys(0, 1, 0))
    assert command.main(["all"]) == 1
    assert set(record.read()) == {"part0", "part1", "part2"}
    assert "part1: FAILED" in capfd.readouterr().out


def test_a_night_ends_in_time_and_names_what_is_left(
    written: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "parts", lambda: toys(0, 0))
    assert command.main(["all", "0"]) == 0
    assert "not run this time: part0, part1" in capfd.readouterr().out
    assert record.read() == {}


def test_a_night_begins_with_what_passed_longest_ago(
    written: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "parts", lambda: toys(0, 0))
    record.keep("part0", True, 1.0)
    assert command.main(["all"]) == 0
    said = capfd.readouterr().out
    assert said.index("part1: a toy") < said.index("part0: a toy")


def test_the_report_tells_each_part_when_it_passed_and_on_which_commit(
    written: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    record.keep("strangers", True, 600)
    assert command.main(["report"]) == 0
    lines = capfd.readouterr().out.splitlines()
    (line,) = [line for line in lines if line.startswith("strangers")]
    assert record.commit() in line
    assert "10.0 min" in line
    assert sum("never" in line for line in lines) == len(parts()) - 1


@pytest.mark.parametrize("words", [[], ["run"], ["run", "nothing"], ["all", "1", "2"]])
def test_what_is_not_understood_is_wrong_usage(words: list[str]) -> None:
    assert command.main(words) == 2


def test_every_marker_names_a_part_that_is_there() -> None:
    named: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        named.update(re.findall(r'mark\.nightly\("([\w-]+)"\)', path.read_text("utf-8")))
    assert named <= set(parts())
    with_tests = {p.name for p in parts().values() if "--part" in p.command}
    assert with_tests - {f"{CLASS}{name}" for name in trained()} <= named


def test_every_notebook_that_trains_has_a_part() -> None:
    assert {n for n in catalogue.notebooks() if f"{CLASS}{n}" in parts()} == set(trained())


def test_the_workflow_calls_the_make_targets_that_are_there() -> None:
    file = ROOT / ".github" / "workflows" / "nightly.yml"
    steps = yaml.load(file.read_text("utf-8"), Loader=yaml.BaseLoader)["jobs"]["nightly"]["steps"]
    called = {c for s in steps for c in re.findall(r"make ([\w-]+)", s.get("run", ""))}
    assert called == {"nightly", "nightly-report"}
    for target in called:
        asked = ["make", "--dry-run", target, "PART=strangers"]
        told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
        assert "tests.nightly" in told.stdout
