"""A class of attackers with honest students among them, in every sandbox.

None gains a point, none loses what its honest parts deserve, none makes points HELD, no neighbour
is harmed, and the batch goes on. Attacks that would reach other people's processes or files run
only where something stands between (`# needs: isolation`).
"""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from graders.core.sandbox import Sandbox
from reference_solutions.demo_class import NOTEBOOK
from reports.presenting import student_view
from reports.render import student_report
from tests.course_runs import Classroom
from tests.engine import needs_engine
from tests.hostile import table
from tests.hostile.attackers import ATTACKS, FULL, MARK, SECRET, Attack, seats

pytestmark = pytest.mark.nightly("attackers")

CELL_S = 6.0  # above what an honest cell takes by two orders of magnitude, on a busy machine too
JOBS = 3  # most of them wait for a limit
SANDBOXES = {"local": False, "docker": True}  # name → whether it isolates


Rooms = Callable[[str], Classroom]


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    """The graded class of a sandbox, made once (pytest would make a parametrised fixture anew for
    each test function). The current folder is one where payloads would leave their mark."""
    before = Path.cwd()
    with contextlib.ExitStack() as opened:
        opened.callback(os.chdir, before)

        @cache
        def graded(sandbox: str) -> Classroom | Exception:
            try:
                return made_and_graded(sandbox)
            except Exception as error:  # once: not again for each of a hundred tests
                return error

        def made_and_graded(sandbox: str) -> Classroom:
            folder = tmp_path_factory.mktemp(f"hostile-{sandbox}")
            os.chdir(folder)
            made = Classroom(NOTEBOOK, folder / "class", CELL_S, JOBS, sandbox=_sandbox(sandbox))
            opened.enter_context(made)
            for seat, attack in enumerate(seats(SANDBOXES[sandbox])):
                place = folder / "class" / "submitted" / _student(seat, attack) / NOTEBOOK
                place.mkdir(parents=True)
                attack.hand_in(place)
            made.grade_all()
            return made

        def room(sandbox: str) -> Classroom:
            found = graded(sandbox)
            if isinstance(found, Exception):
                raise found
            return found

        yield room


def _sandbox(name: str) -> Sandbox | None:
    if name == "local":
        return None
    from graders.sandboxes.docker import DockerSandbox

    return DockerSandbox(slots=JOBS)


def _student(seat: int, attack: Attack) -> str:
    return f"{seat:03d}-{attack.name}"  # graded in this order


def everywhere(attacks: bool) -> list[object]:
    """Each sandbox, or each with every attack that may run in it."""
    found: list[object] = []
    for name, isolates in SANDBOXES.items():
        # Where nothing isolates, the same attacks show how little holds: not with every commit.
        marks = (needs_engine,) if name == "docker" else (pytest.mark.nightly("attackers"),)
        if not attacks:
            found.append(pytest.param(name, marks=marks, id=name))
            continue
        for attack in ATTACKS:
            if isolates or not attack.isolated:
                found.append(pytest.param(name, attack, marks=marks, id=f"{name}-{attack.name}"))
    return found


in_every_sandbox = pytest.mark.parametrize("sandbox", everywhere(False))


def grade_of(room: Classroom, name: str) -> dict[str, object]:
    (found,) = [g for student, g in room.grades.items() if student.partition("-")[2] == name]
    return dict(found)


@pytest.mark.parametrize(("sandbox", "attack"), everywhere(True))
def test_an_attack_gains_nothing_loses_nothing_and_holds_nothing(
    rooms: Rooms, sandbox: str, attack: Attack
) -> None:
    grade = grade_of(rooms(sandbox), attack.name)
    told = json.dumps(
        [grade["run"], [(c["id"], c["points"], c["feedback"]) for c in grade["checks"]]],  # type: ignore[attr-defined]
        indent=1,
    )
    assert not grade["held"], told
    assert isinstance(grade["points"], float), told
    assert attack.keeps <= grade["points"] <= attack.earns, told


@in_every_sandbox
def test_honest_neighbours_of_attackers_have_full_marks(rooms: Rooms, sandbox: str) -> None:
    room = rooms(sandbox)
    honest = {s: g["points"] for s, g in room.grades.items() if "-honest-" in s}
    assert len(honest) >= 5
    assert set(honest.values()) == {FULL}, honest


@in_every_sandbox
def test_the_batch_goes_on_to_its_end(rooms: Rooms, sandbox: str) -> None:
    room = rooms(sandbox)
    handed_in = {p.name for p in (room.folder / "submitted").iterdir()}
    assert set(room.grades) == handed_in


@in_every_sandbox
def test_no_payload_ran_on_the_host(rooms: Rooms, sandbox: str) -> None:
    room = rooms(sandbox)
    assert not list(room.folder.parent.rglob(f"*{MARK}*"))
    assert not (Path("/tmp") / MARK).exists()


@in_every_sandbox
def test_no_file_of_the_hosts_was_copied_through_a_link(rooms: Rooms, sandbox: str) -> None:
    room = rooms(sandbox)
    kept = [p for p in (room.folder / "store").rglob("*") if p.is_file() and not p.is_symlink()]
    assert len(kept) > 100
    for path in kept:
        assert SECRET.encode() not in path.read_bytes(), path


@in_every_sandbox
def test_nothing_that_was_asked_comes_back_to_students(rooms: Rooms, sandbox: str) -> None:
    room = rooms(sandbox)
    (student,) = [s for s in room.grades if s.endswith("-leaks-the-questions")]
    run = room.graded[student].grade.execution
    assert run is not None
    seen = [json.dumps(room.grades[student]), page_of(room, student)]
    seen.append((run.outputs / "executed.ipynb").read_text(encoding="utf-8"))
    for text in seen:
        assert "LEAK_m" not in text
        assert not any(f"LEAK_{digit}" in text for digit in "0123456789")


class Live(HTMLParser):
    """What of a page could run or load: scripts, handlers, foreign addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        for name, value in attrs:
            own = (value or "").startswith(("#", "data:image/png;base64,", "../", "data:,"))
            address = name in ("src", "href", "xlink:href", "action", "data") and not own
            if name.startswith("on") or address:
                self.found.append(f"{tag} {name}={value}")
        if tag in ("iframe", "object", "embed", "base", "form", "foreignobject"):
            self.found.append(tag)


@in_every_sandbox
def test_every_report_is_made_and_holds_no_markup_of_a_student(rooms: Rooms, sandbox: str) -> None:
    room = rooms(sandbox)
    scripts = set()
    for student in room.grades:
        page = Live()
        page.feed(page_of(room, student))
        assert not page.found, student
        scripts.add(page.scripts)
    assert len(scripts) == 1  # ours, as on the page of an honest student


def page_of(room: Classroom, student: str) -> str:
    return student_report(student_view(room.graded[student], room.keys[0], room.course, "image"))


@needs_engine
def test_the_table_in_the_docs_is_what_happened_on_docker_just_now(rooms: Rooms) -> None:
    grades = rooms("docker").grades
    by_name = {student.partition("-")[2]: grade for student, grade in grades.items()}
    table.renew_or_compare(table.text(by_name))
