"""From runs of the reference to bars in a file, and what makes such a file one of the past."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from graders.checks import measure
from graders.commands import calibrate as command
from graders.commands import passport
from graders.core import calibration, catalogue
from graders.core.catalogue import Course
from graders.core.errors import CourseFault, UsageFault
from graders.core.rubric import Measure
from graders.core.saying import said
from graders.core.types import Ending, Evidence, Execution, Refusal
from graders.metrics import bars, tolerance

RNG = np.random.default_rng(11)
RUN = Execution(Ending.FINISHED, wall_s=2.0, cpu_s=3.0, peak_mib=1.0, outputs=Path("."))
SHARES = [0.93, 0.94, 0.935, 0.928, 0.941]
CURVES = [
    2.3 * np.exp(-np.linspace(0, 3, 40)) * np.exp(0.02 * RNG.normal(size=40)) for _ in "12345"
]


@measure("steepness", baseline=lambda closed_form: 0.0)
def steepness(closed_form):
    return float(np.abs(closed_form[0][0]).sum())


@measure("twice", baseline="steepness")
def twice(closed_form):
    return 1e6 + helped(closed_form)


@measure("history", higher=False)
def history(gradient_descent):
    return gradient_descent[0][1]


def helped(closed_form):
    return float(np.abs(closed_form[0][0]).sum()) * 2


def plain(name: str = "m", *, higher: bool = True) -> Measure:
    return Measure(name, (), lambda: 0.0, higher)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """linear_models with measures, and a reference folder of its own."""
    here = catalogue.course("linear_models")
    return replace(
        here,
        grader=replace(here.grader, measures=(steepness, twice, history)),
        reference=tmp_path / "reference",
    )


def test_a_share_gets_a_bar_below_what_the_reference_reaches() -> None:
    found = bars.of_numbers(plain(), SHARES, 0.1, cases=2000)
    sd = np.std(SHARES, ddof=1)
    se = tolerance.sampling_error(float(np.mean(SHARES)), 2000)
    width = math.hypot(tolerance.factor(5) * sd, 2.3263 * se)
    assert found.bar.full == pytest.approx(np.mean(SHARES) - width, rel=1e-5)
    assert found.bar.near == pytest.approx(np.mean(SHARES) - 2 * width, rel=1e-5)
    assert 0 < found.missed_twice < found.missed < 0.01


def test_less_is_better_gets_a_bar_above() -> None:
    found = bars.of_numbers(plain(higher=False), [1.0, 1.1, 1.05], 9.0).bar
    assert found.mean < found.full < found.near < found.none


def test_the_band_for_a_second_run_ends_where_credit_does() -> None:
    assert bars.of_numbers(plain(), SHARES, 0.88).bar.near == 0.88


def test_the_larger_noise_of_a_smaller_set_lowers_the_bar() -> None:
    small, large = (bars.of_numbers(plain(), SHARES, 0.1, n).bar.full for n in (200, 20_000))
    assert small < large


def test_a_measure_without_spread_leaves_room_for_rounding() -> None:
    found = bars.of_numbers(plain(), [1.0, 1.0, 1.0], 0.0)
    assert 0.9999 < found.bar.full < 1.0
    assert found.missed == 0.0


@pytest.mark.parametrize(
    ("values", "baseline", "words"),
    [(SHARES, 0.95, "no better"), (SHARES, 0.93, "no better"), ([0.9], 0.1, "two seeds")],
)
def test_a_bar_that_could_not_be_defended_is_none(values, baseline, words) -> None:
    with pytest.raises(ValueError, match=words):
        bars.of_numbers(plain(), values, baseline)


def test_a_curve_gets_a_level_and_a_band() -> None:
    found = bars.of_curves(plain(higher=False), CURVES).bar
    assert found.mean < found.full < found.near < found.none
    assert found.none == pytest.approx(2.3, rel=0.2)
    assert (found.low < found.high).all()
    assert found.low.shape == (20,)


@pytest.mark.parametrize(
    ("curves", "higher", "words"),
    [
        (CURVES, True, "higher=False"),
        ([CURVES[0], np.full(9, 2.0)], False, "curve-constant"),
        ([CURVES[0], CURVES[1] * 50], False, "no better"),
    ],
)
def test_a_reference_that_does_not_learn_gives_no_bar(curves, higher, words) -> None:
    with pytest.raises(ValueError, match=words):
        bars.of_curves(plain(higher=higher), curves)


def test_a_curve_may_name_what_earns_nothing() -> None:
    assert bars.of_curves(plain(higher=False), CURVES, 3.0).bar.none == pytest.approx(3.0)


# --- the file ---


def entry(**changes: object) -> dict[str, object]:
    numbers = {"none": 0.1, "full": 0.9, "near": 0.8, "mean": 0.95, "sd": 0.01, "n": 5}
    return {**numbers, **changes}


def write(course: Course, **measures: object) -> Path:
    file = calibration.file_of(course, "mini")
    file.parent.mkdir(exist_ok=True)
    record = {"schema": 1, "measures": measures, "passport": {}}
    file.write_text(json.dumps(record), "utf-8")
    return file


def test_bars_are_read_from_the_file(course: Course) -> None:
    write(course, steepness=entry(), twice=entry(), history=entry(low=[1.0], high=[2.0]))
    found = calibration.bars(course, "mini")
    assert found["steepness"].full == 0.9
    assert found["history"].high.tolist() == [2.0]
    write(course, steepness=entry(full=0.7), twice=entry(), history=entry())
    assert calibration.bars(course, "mini")["steepness"].full in (0.7, 0.9)  # same instant


def test_a_grader_without_measures_needs_no_file(course: Course) -> None:
    assert calibration.bars(catalogue.course("linear_models"), "full") == {}


def test_what_is_missing_is_said_with_what_to_do(course: Course) -> None:
    with pytest.raises(CourseFault, match=r"dlgrade calibrate linear_models --tier full"):
        calibration.bars(course, "full")
    write(course, steepness=entry())
    with pytest.raises(CourseFault, match="no bar for twice, history"):
        calibration.bars(course, "mini")


@pytest.mark.parametrize(
    "broken",
    [
        entry(none=0.9),
        entry(full=math.nan),
        entry(full="high"),
        entry(low=[1.0]),
        {"none": 0.1},
        [],
        None,
    ],
)
def test_a_bar_that_somebody_edited_is_a_fault_of_ours(course: Course, broken) -> None:
    write(course, steepness=broken, twice=entry(), history=entry())
    with pytest.raises(CourseFault, match="not for editing"):
        calibration.bars(course, "mini")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"schema": 99}', '{"schema": 1}', "\udce4"]
)
def test_a_file_that_is_no_calibration_is_a_fault_of_ours(course: Course, text: str) -> None:
    file = write(course)
    file.write_bytes(text.encode("utf-8", errors="surrogateescape"))
    with pytest.raises(CourseFault, match=r"reference\.mini\.json"):
        calibration.bars(course, "mini")


def test_another_measure_or_another_helper_is_noticed(course: Course, monkeypatch) -> None:
    before = calibration.of_measures(course.grader)
    assert calibration.of_measures(course.grader) == before
    other = replace(steepness, higher=False)
    changed = replace(course.grader, measures=(other, twice, history))
    assert calibration.of_measures(changed) != before
    monkeypatch.setitem(globals(), "helped", lambda closed_form: 0.0)
    assert calibration.of_measures(course.grader) != before


def test_other_checks_leave_a_calibration_as_it_is(course: Course) -> None:
    other = replace(course.grader, checks=course.grader.checks[:1], version=99)
    assert calibration.of_measures(other) == calibration.of_measures(course.grader)


def test_what_changed_is_told_a_line_each() -> None:
    then = {"data": "a" * 30, "lock": "b", "versions": {"numpy": "2.0"}}
    now = {"data": "c", "lock": "b", "versions": {"numpy": "2.1"}}
    found = calibration.differences(then, now)
    assert len(found) == 2
    assert "numpy 2.1" in found[1]
    assert calibration.differences(then, {}) == []


# --- the command's own steps; whole runs are in tests/end_to_end/test_calibrate_command.py ---


def seed(number: int, value: float, **changes) -> command.Seed:
    given = {"values": {"m": value}, "baselines": {"m": 0.1}, "cases": {"m": 500}}
    return command.Seed(number=number, data="d", seconds=1.0, **{**given, **changes})


def test_the_spread_of_seeds_is_the_bars(course: Course) -> None:
    by_function = Measure("m", (), lambda: 0.0, baseline=lambda: 0.1)
    found = command.spread("x", by_function, [seed(k, v) for k, v in enumerate(SHARES)])
    assert found.bar.none == pytest.approx(0.1)
    assert found.se > 0


@pytest.mark.parametrize(
    ("baseline", "words"), [(None, "no baseline"), ("other", "no measure"), ("m", "no better")]
)
def test_a_number_without_a_baseline_has_no_bar(baseline, words) -> None:
    bare = Measure("m", (), lambda: 0.0, baseline=baseline)
    with pytest.raises(CourseFault, match=words):
        command.spread("x", bare, [seed(k, v) for k, v in enumerate(SHARES)])


class Given:
    """What `measured` takes from a batch."""

    cases: dict = {}  # noqa: RUF012
    truths: dict = {}  # noqa: RUF012
    data = None

    def __init__(self, course: Course, *measures: Measure) -> None:
        self.course = course
        self.grader = replace(course.grader, measures=measures)


def test_a_run_is_measured_by_everything_that_is_declared(course: Course) -> None:
    values = (np.array([1.0, -2.0]),)
    evidence = Evidence({"closed_form": (values,), "gradient_descent": ((values[0], CURVES[0]),)})
    batch = Given(course, steepness, twice, history)
    found = command.measured(1, batch, evidence, RUN)  # type: ignore[arg-type]
    assert found.values["steepness"] == 3.0
    assert np.shape(found.values["history"]) == (40,)
    assert found.baselines == {"steepness": 0.0}


@pytest.mark.parametrize(
    ("compute", "words"),
    [
        (lambda closed_form: math.nan, "not finite"),
        (lambda closed_form: [], "not finite"),
        (lambda closed_form: 1 / 0, "ZeroDivisionError"),
        (lambda closed_form: Refusal(said("loss-not-single")), "loss-not-single"),
    ],
)
def test_a_reference_that_cannot_be_measured_is_a_fault_of_ours(course, compute, words) -> None:
    batch = Given(course, measure("m")(compute))
    evidence = Evidence({"closed_form": ()})
    with pytest.raises(CourseFault, match=f"'m' of the reference with seed 7.*{words}"):
        command.measured(7, batch, evidence, RUN)  # type: ignore[arg-type]


def test_a_notebook_without_measures_has_nothing_to_calibrate(tmp_path: Path) -> None:
    asked = command.Request("mini", 5, 1, tmp_path)
    with pytest.raises(UsageFault, match="names no measures"):
        command.calibrate(catalogue.course("linear_models"), asked, None, Console())  # type: ignore[arg-type]


def test_a_check_without_a_calibration_says_what_to_do(course: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseFault, match="dlgrade calibrate"):
        command.check(course, command.Request("mini", 5, 1, tmp_path), Console())


@pytest.mark.parametrize("flavour", ["cpu", "gpu"])
def test_what_computes_is_known_without_a_sandbox(flavour: str) -> None:
    found = passport.computing_of("docker", flavour)
    assert len(found["lock"]) == 64
    assert "keras" in found["versions"]
    assert passport.computing_of("local", "")["versions"]["numpy"] == np.__version__
