"""A class: from folders of submissions to grades, one after the other as they are done."""

import json
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from graders.core import catalogue, facts, jobs, pipeline
from graders.core.catalogue import Course
from graders.core.errors import CourseFault, InfraFault, UsageFault
from graders.core.evidence import read_evidence
from graders.core.intake import Intake, take_in
from graders.core.running import Ambiguous, Interrupted, run_job
from graders.core.sandbox import Engine, Sandbox
from graders.core.store import State, Store
from graders.core.types import (
    OURS,
    Cases,
    Ending,
    Evidence,
    Execution,
    Grade,
    Job,
    Submission,
)


@dataclass(frozen=True, slots=True)
class Graded:
    """One submission's way through the house.

    Args:
        grade: what was decided.
        intake: what was handed in, made ready (its notebook is None where it was refused).
        evidence: what its run left; empty where there was none.
        key: content key of the run, "" where there was none.
        ran: whether anything was executed just now.
    """

    grade: Grade
    intake: Intake
    evidence: Evidence
    key: str
    ran: bool


Handed = tuple[str, Path]  # student, and the folder that was handed in
R = TypeVar("R")


@dataclass(frozen=True)
class Batch:
    """Everything that the submissions of one notebook share.

    Args:
        course: what is graded.
        sandbox: where notebooks run.
        store: what has been done so far.
        data: the folder that notebooks read as `$COURSE_DATA`.
        stopping: set when somebody asked to stop.
    """

    course: Course
    sandbox: Sandbox
    store: Store
    data: Path | None
    stopping: threading.Event

    @cached_property
    def cases(self) -> Mapping[str, Cases]:
        return catalogue.unseen_cases(self.course.name)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        return jobs.case_counts(self.course.grader, self.cases)

    @cached_property
    def by_hand(self) -> Mapping[str, tuple[float, str]]:
        return catalogue.graded_by_hand(self.course.name)

    @cached_property
    def _shared(self) -> tuple[str, bytes, str, str]:
        grader = self.course.grader
        return (
            jobs.plan_text(grader, self.cases),
            jobs.packed(self.cases),
            self.sandbox.fingerprint(),
            jobs.folder_digest(self.data),
        )

    @cached_property
    def made_from(self) -> Mapping[str, Any]:
        """What every grade of this batch rests on, for `grade.json`."""
        return facts.made_from(self.course, *self._shared)

    def _job(self, owner: str, notebook: str) -> Job:
        plan, inputs, image, digest = self._shared
        return jobs.make_job(
            self.store.executions, owner, notebook, plan, inputs, image,
            self.course.grader, self.data, digest,
        )  # fmt: skip

    @cached_property
    def keys(self) -> tuple[Evidence, ...]:
        """The reference's answers to the same questions, then those that are right as well.

        Raises:
            CourseFault: one does not answer all of them, so nobody can be graded.
        InfraFault: the machine failed.
        """
        right = catalogue.reference_notebooks(self.course.name)
        with ThreadPoolExecutor(len(right)) as pool:  # everybody waits for these
            return tuple(pool.map(self._answers_of, right.keys(), right.values()))

    def _answers_of(self, name: str, notebook: str) -> Evidence:
        job = self._job(f"({name})", notebook)
        try:
            run, _ = run_job(job, self.sandbox, self.store, self.stopping.is_set)
        except Ambiguous:
            raise CourseFault(
                f"{self.course.name}: the run of {name} was killed twice; is the machine short of "
                "memory, or is something ending its processes?"
            ) from None
        if run.ending in OURS:
            fault = InfraFault if run.ending is Ending.ENGINE_FAULT else CourseFault
            raise fault(
                f"{self.course.name}: {name} could not be run ({run.detail}); "
                "nobody can be graded without it"
            )
        evidence = read_evidence(run.outputs, self.course.grader.evidence, self.counts)
        if evidence.refused:
            raise CourseFault(
                f"{self.course.name}: {name} leaves questions open: "
                f"{dict(evidence.refused)} (run ended: {run.ending})"
            )
        return evidence

    def grade_all(
        self, engine: Engine, work: Iterable[Handed], finish: Callable[[Handed, Graded], R]
    ) -> Iterator[tuple[Handed, R]]:
        """Grade everybody, and those whose run was killed twice again at the end, alone.

        Args:
            engine: spreads the work.
            work: (student, folder) pairs.
            finish: what to do with each grade, where it was made (in the engine's threads).

        Yields:
            Each pair with what `finish` returned, as it completes. After an interruption those
            that were not decided are left out.
        """
        unclear: list[Handed] = []

        def one(handed: Handed) -> tuple[R] | None:
            try:
                return (finish(handed, self.grade_one(*handed)),)
            except Ambiguous:
                unclear.append(handed)
            except Interrupted:
                pass
            return None

        for handed, made in engine.map(one, work):
            if made is not None:
                yield handed, made[0]
        for handed in unclear:
            with suppress(Interrupted):
                yield handed, finish(handed, self.grade_one(*handed, alone=True))

    def grade_one(self, student: str, folder: Path, *, alone: bool = False) -> Graded:
        """Take in, run (or fetch the stored run), judge. Student material never raises.

        Args:
            student: whose submission.
            folder: `submitted/<student>/<assignment>/`.
            alone: nothing else runs meanwhile.

        Raises:
            Ambiguous: the run was killed twice, with others beside it.
            Interrupted: somebody asked to stop.
            CourseFault: our own material is broken, for everybody.
        """
        name = self.course.name
        try:
            taken = take_in(folder, self.course.source, name)
        except CourseFault:
            raise  # the assignment's own file: nobody can be graded
        except Exception:  # a disk that fails, or a file that our own intake breaks on
            return self.hold(student, folder, traceback.format_exc(limit=-4))
        who = Submission(self.course.grader.assignment, name, student, folder, taken.sha256)
        if taken.notebook is None:
            why = taken.notes[-1].student
            grade = pipeline.unanswered(who, self.course.grader, self.by_hand, why, taken.notes)
            self.store.set_state(name, student, State.REFUSED, taken.sha256)
            return Graded(grade, taken, Evidence(), "", ran=False)
        job = self._job(student, json.dumps(taken.notebook, sort_keys=True))
        self.store.set_state(name, student, State.RUNNING, taken.sha256, job.key)
        try:
            run, ran = run_job(job, self.sandbox, self.store, self.stopping.is_set, alone=alone)
        except (Ambiguous, Interrupted):
            self.store.set_state(name, student, State.WAITING, taken.sha256)
            raise
        self.store.set_state(name, student, State.EXECUTED, taken.sha256, job.key)
        grade, evidence = self._judge(who, taken, run)
        state = State.HELD if grade.held else State.GRADED
        self.store.set_state(name, student, state, taken.sha256, job.key)
        return Graded(grade, taken, evidence, job.key, ran)

    def hold(self, student: str, folder: Path, staff_note: str) -> Graded:
        """The grade of somebody whom a bug of ours keeps from being graded: every point absent."""
        grader = self.course.grader
        who = Submission(grader.assignment, grader.notebook, student, folder)
        grade = pipeline.held(who, grader, self.by_hand, staff_note, ())
        self.store.set_state(grader.notebook, student, State.HELD, "")
        return Graded(grade, Intake("held"), Evidence(), "", ran=False)

    def _judge(self, who: Submission, taken: Intake, run: Execution) -> tuple[Grade, Evidence]:
        grader = self.course.grader
        if run.ending in OURS:
            grade = pipeline.held(who, grader, self.by_hand, run.detail, taken.notes, run)
            return grade, Evidence()
        try:
            evidence = read_evidence(run.outputs, grader.evidence, self.counts)
        except Exception:  # reading vouches for every shape of student material: a bug of ours
            note = traceback.format_exc(limit=-4)
            return pipeline.held(who, grader, self.by_hand, note, taken.notes, run), Evidence()
        grade = pipeline.grade(
            who, evidence, self.keys, self.cases, grader, self.by_hand, taken.notes, run
        )
        return grade, evidence


def find_submissions(submitted: Path, assignment: str) -> list[tuple[str, Path]]:
    """(student, folder) of everybody who handed in, in the order of their names.

    Raises:
        UsageFault: there is no such folder.
    """
    if not submitted.is_dir():
        raise UsageFault(
            f"{submitted} is not there; give the course folder that holds submitted/<student>/"
            f"{assignment}/"
        )
    found = []
    for student in sorted(submitted.iterdir()):
        folder = student / assignment
        if folder.is_dir() or folder.is_symlink():
            found.append((student.name, folder))
    return found
