"""Five stored seeds again: when is the passport of a calibration renewed, and when not?"""

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from rich.console import Console

from graders.checks import measure
from graders.cli import app
from graders.commands import calibrate as command
from graders.commands import passport, renew
from graders.commands.seeds import Request, Seed
from graders.core import calibration, catalogue
from graders.core.catalogue import Course
from graders.core.errors import ExitCode, UsageFault

STEPS = np.linspace(0.0, 3.0, 40)


@measure("accuracy", baseline=lambda closed_form: 0.1)
def accuracy(closed_form):
    return 0.0


@measure("curve", higher=False, baseline=lambda sgd_loss: 5.0)
def curve(sgd_loss):
    return np.exp(-STEPS)


@measure("gap", higher=False, baseline=lambda closed_form: 1.0)
def gap(closed_form):
    return 0.0


class Local:
    """A sandbox that is only asked what it is."""

    name = "local"

    def fingerprint(self) -> str:
        return "local:today"

    def stop(self) -> None:
        """Nothing runs."""


def level(number: int) -> float:
    """What a stored seed came to; spread evenly around 0.5."""
    return 0.5 + 0.01 * ((number * 7) % 20 - 9.5)


def run(number: int, value: float | None = None, **changes: Any) -> Seed:
    """What a seed comes to."""
    value = level(number) if value is None else value
    values: dict[str, Any] = {"accuracy": value, "curve": np.exp(-STEPS) * value, "gap": 0.0}
    return Seed(number, values | changes, {}, {}, f"data {number}", 60.0)


def stored(seeds: Sequence[int] = range(1, 21)) -> dict[str, Any]:
    """A calibration as it was measured."""

    def entry(name: str, higher: bool, **more: Any) -> dict[str, Any]:
        found = [renew._value(run(n), name) for n in seeds]
        bar = {"none": 0.1, "full": 0.3, "near": 0.2, "mean": 0.5, "sd": 0.01, "n": len(found)}
        return {"higher": higher, **bar, "se": 0.0, "values": found, **more}

    computed = passport.computing(Local())  # type: ignore[arg-type]
    return {
        "schema": 1,
        "measures": {
            "accuracy": entry("accuracy", True),
            "curve": entry("curve", False, low=[0.1], high=[0.9]),
            "gap": entry("gap", False),
        },
        "lost": {},
        "passport": {
            "assignment": "old", "reference": "old", "measures": "old", "grader": 1,
            "policy": passport.policy(), "seeds": list(seeds), "data": "data 1",
            "all data": [f"data {n}" for n in seeds], **computed, "lock": "old",
            "image": "local:old", "date": "2026-01-01",
        },
    }  # fmt: skip


@dataclass
class Room:
    """A calibration in a folder, and what seeds come to if they are run."""

    course: Course
    asked: Request
    file: Path
    runs: Callable[[int], Seed] = run
    asked_for: list[list[int]] = field(default_factory=list)

    def write(self, record: Mapping[str, Any]) -> None:
        self.file.write_text(json.dumps(record), "utf-8")

    def read(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file.read_text("utf-8"))
        return found

    def renew(self) -> tuple[ExitCode, str]:
        console = Console(file=io.StringIO(), width=200)
        code = renew.renew(self.course, self.asked, "a module moved", Local(), console)  # type: ignore[arg-type]
        assert isinstance(console.file, io.StringIO)
        return code, console.file.getvalue()


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    here = catalogue.course("linear_models")
    grader = replace(here.grader, measures=(accuracy, curve, gap))
    folder = tmp_path / "reference"
    folder.mkdir()
    course = replace(here, grader=grader, reference=folder)
    asked = Request("mini", 20, 1, tmp_path / "runs")
    made = Room(course, asked, calibration.file_of(course, "mini"))
    made.write(stored())

    def each(course: Any, asked: Any, numbers: Sequence[int], *rest: Any) -> Iterator[Seed]:
        made.asked_for.append(list(numbers))
        yield from (made.runs(number) for number in reversed(numbers))

    monkeypatch.setattr(renew, "each", each)
    monkeypatch.setattr(
        renew, "data_of", lambda course, asked, seed: SimpleNamespace(digest=f"data {seed}")
    )
    return made


def test_equal_numbers_renew_the_passport_and_leave_the_bars(room: Room) -> None:
    before = room.read()

    code, said = room.renew()

    assert code is ExitCode.OK
    assert "seeds 1, 2, 3, 4, 5 give the stored numbers; the passport is renewed" in said
    after = room.read()
    assert {k: v for k, v in after.items() if k != "passport"} == {
        k: v for k, v in before.items() if k != "passport"
    }
    now = after["passport"]
    assert calibration.changed(now, calibration.sources(room.course)) == ()
    assert (now["image"], now["lock"], now["date"]) == ("local:today", "", "2026-01-01")
    (renewed,) = now["renewed"]
    assert (renewed["why"], renewed["seeds"]) == ("a module moved", [1, 2, 3, 4, 5])
    assert renewed["exact"] is True
    assert renewed["values"]["accuracy"] == before["measures"]["accuracy"]["values"][:5]
    assert room.asked_for == [[1, 2, 3, 4, 5]]


def test_a_second_renewal_is_added_to_the_first(room: Room) -> None:
    room.renew()
    room.renew()
    assert len(room.read()["passport"]["renewed"]) == 2


def test_after_it_a_check_has_nothing_to_say(room: Room, monkeypatch) -> None:
    data = lambda course, asked, seed: SimpleNamespace(digest=f"data {seed}")  # noqa: E731
    monkeypatch.setattr(command, "data_of", data)

    def check() -> tuple[ExitCode, str]:
        console = Console(file=io.StringIO(), width=300)
        code = command.check(room.course, room.asked, console)
        assert isinstance(console.file, io.StringIO)
        return code, console.file.getvalue()

    code, said = check()
    assert code is ExitCode.FAILED
    assert "`dlgrade calibrate linear_models --tier mini --renew --why TEXT`" in said
    room.renew()
    assert check()[0] is ExitCode.OK

    record = room.read()
    room.write({**record, "passport": {**record["passport"], "data": "other", "measures": "old"}})
    code, said = check()
    assert code is ExitCode.FAILED
    assert "--renew" not in said, "five seeds cannot tell what other data do"


def test_training_that_is_random_may_lie_in_the_stored_spread(room: Room) -> None:
    room.runs = lambda n: run(n, level(n) - 0.01)  # s is 0.059

    code, said = room.renew()

    assert code is ExitCode.OK
    assert "seeds 1, 2, 3, 4, 5 lie in the stored spread" in said
    (renewed,) = room.read()["passport"]["renewed"]
    assert renewed["exact"] is False
    assert len(renewed["values"]["curve"]) == 5


@pytest.mark.parametrize(
    ("value", "failing"),
    [(0.2, ["accuracy"]), (0.8, ["curve"]), (0.5, [])],
)
def test_worse_runs_are_repeated_once_and_then_refused(room: Room, value, failing) -> None:
    """Less accuracy is worse, less loss is better: a level of 0.2 is both."""
    before = room.file.read_bytes()
    room.runs = lambda n: run(n, value)

    code, said = room.renew()

    assert code is (ExitCode.FAILED if failing else ExitCode.OK)
    assert (room.file.read_bytes() == before) is bool(failing)
    if failing:
        assert room.asked_for == [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]
        assert [line.split(":")[0] for line in said.splitlines() if line[0] == "•"] == [
            f"• {name}" for name in failing * 2
        ]
        assert "seeds 6, 7, 8, 9, 10 give" in said
        assert "beyond" in said
        assert "nothing is written" in said


def test_by_how_much_it_fails_is_said(room: Room) -> None:
    room.runs = lambda n: run(n, gap=0.25)
    _, said = room.renew()
    assert "• gap: seeds 1, 2, 3, 4, 5 give 0.25, 0.25, 0.25, 0.25, 0.25; " in said
    assert "the worst is 0.25, 0.25 beyond 0." in said


def test_bad_luck_of_the_first_five_is_no_failure(room: Room) -> None:
    room.runs = lambda n: run(n, 0.3 if n < 6 else None)

    code, said = room.renew()

    assert code is ExitCode.OK
    assert "judged once more, by seeds 6, 7, 8, 9, 10" in said
    (renewed,) = room.read()["passport"]["renewed"]
    assert (renewed["seeds"], renewed["exact"]) == (list(range(1, 11)), False)
    assert renewed["values"]["accuracy"][0] == 0.3, "the failure is kept, too"


def test_where_three_seeds_are_stored_further_ones_are_run(room: Room) -> None:
    room.write(stored(range(1, 4)))
    room.runs = lambda n: run(n, 0.2)
    room.renew()
    assert room.asked_for == [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]


def passport_with(**changes: Any) -> dict[str, Any]:
    record = stored()
    return {**record, "passport": {**record["passport"], **changes}}


def measures_with(**changes: Any) -> dict[str, Any]:
    record = stored()
    return {**record, "measures": {**record["measures"], **changes}}


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (passport_with(data="other"), "the data changed"),
        (passport_with(policy={"coverage": 0.9}), "the policy of bars changed"),
        (passport_with(sandbox="docker"), "measured in docker, to be renewed in local"),
        (measures_with(more=stored()["measures"]["gap"]), "more is no longer measured"),
        (
            measures_with(gap={**stored()["measures"]["gap"], "higher": True}),
            "gap: the direction changed",
        ),
    ],
)
def test_what_five_seeds_cannot_tell_is_to_be_calibrated_anew(room: Room, record, words) -> None:
    room.write(record)
    before = room.file.read_bytes()
    code, said = room.renew()
    assert code is ExitCode.FAILED
    assert words in said
    assert "calibrate anew with `dlgrade calibrate linear_models --tier mini`" in said
    assert room.file.read_bytes() == before
    assert room.asked_for == [], "runs that could decide nothing"


def test_other_data_of_a_later_seed_are_noticed(room: Room) -> None:
    room.runs = lambda n: replace(run(n), data="other" if n == 3 else f"data {n}")
    code, said = room.renew()
    assert code is ExitCode.FAILED
    assert "the data of seeds 3 changed" in said


def test_an_interruption_writes_nothing_and_says_how_to_go_on(room: Room, monkeypatch) -> None:
    def each(*given: Any) -> Iterator[Seed]:
        given[4].stopping.set()
        yield run(1)

    monkeypatch.setattr(renew, "each", each)
    before = room.file.read_bytes()
    code, said = room.renew()
    assert code is ExitCode.INTERRUPTED
    assert "4 of 5 are left; run the same command to go on" in said
    assert room.file.read_bytes() == before


def test_a_notebook_without_measures_has_nothing_to_renew(tmp_path: Path) -> None:
    course, asked = catalogue.course("linear_models"), Request("mini", 5, 1, tmp_path)
    with pytest.raises(UsageFault, match="nothing to renew"):
        renew.renew(course, asked, "why", Local(), Console())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "options", [["--renew"], ["--why", "x"], ["--renew", "--why", " "], ["--renew", "--check"]]
)
def test_a_renewal_says_why(options: list[str]) -> None:
    done = CliRunner().invoke(app, ["calibrate", "mnist_digits", *options])
    assert isinstance(done.exception, UsageFault)
