"""A class: from folders of submissions to grades, one after the other as they are done."""

import hashlib
import json
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from graders.core import catalogue, facts, jobs, judgements, observing, pipeline
from graders.core.catalogue import Course
from graders.core.errors import CourseFault, InfraFault
from graders.core.evidence import read_evidence
from graders.core.held_out import held_out
from graders.core.intake import Intake, take_in
from graders.core.regrade import NeedsRun
from graders.core.rubric import Calibrated, Grader
from graders.core.running import Ambiguous, Interrupted, run_job
from graders.core.sandbox import Engine, Sandbox
from graders.core.saying import Said, tell
from graders.core.store import State, Store
from graders.core.types import (
    OURS,
    Cases,
    CourseData,
    Ending,
    Evidence,
    Execution,
    Grade,
    Items,
    Job,
    Note,
    Refusal,
    Submission,
    Truths,
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


class Unobserved(Exception):
    """A fault of ours kept an observation from being made."""

    def __init__(self, run: Execution) -> None:
        super().__init__(f"{run.ending}: {run.detail}")


Handed = tuple[str, Path]  # student, and the folder that was handed in
R = TypeVar("R")


@dataclass(frozen=True)
class Batch:
    """Everything that the submissions of one notebook share.

    Args:
        course: what is graded.
        sandbox: where notebooks run.
        store: what has been done so far.
        data: what notebooks read as `$COURSE_DATA`, and what they are judged by.
        stopping: set when somebody asked to stop.
        seed: for every run, instead of one drawn for each submission; for calibration and tests.
        again: students whose stored runs count for nothing, confirming ones included.
    """

    course: Course
    sandbox: Sandbox
    store: Store
    data: CourseData | None
    stopping: threading.Event
    seed: int | None = None
    again: frozenset[str] = frozenset()

    @cached_property
    def tier(self) -> str:
        return "mini" if self.data is None else self.data.tier

    @cached_property
    def grader(self) -> Grader:
        """The course's, with the limits of the tier."""
        return self.course.at_tier(self.tier).grader

    @cached_property
    def _held_out(self) -> tuple[Mapping[str, Cases], Mapping[str, Truths]]:
        return held_out(None if self.data is None else self.data.held_out)

    @cached_property
    def cases(self) -> Mapping[str, Cases]:
        kept = self._held_out[0]
        seed = catalogue.SEED + (self.data.seed if self.data else 0)
        return {**kept, **catalogue.unseen_cases(self.course.name, seed, frozenset(kept))}

    @cached_property
    def truths(self) -> Mapping[str, Truths]:
        return self._held_out[1]

    @cached_property
    def bars(self) -> Mapping[str, Calibrated]:
        """Of the grader's measures at this tier.

        Raises:
            CourseFault: they were never measured.
        """
        from graders.core.calibration import bars

        return bars(self.course, self.tier)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        return jobs.case_counts(self.grader, self.cases)

    @cached_property
    def by_hand(self) -> Mapping[str, tuple[float, str]]:
        return catalogue.graded_by_hand(self.course.name)

    @cached_property
    def _shared(self) -> tuple[str, bytes, str, str]:
        return (
            jobs.plan_text(self.grader, self.cases),
            jobs.packed(self.grader, self.cases),
            self.sandbox.fingerprint(),
            jobs.folder_digest(None if self.data is None else self.data.train),
        )

    @cached_property
    def made_from(self) -> Mapping[str, Any]:
        """What every grade of this batch rests on, for `grade.json`."""
        return facts.made_from(self.course, self.tier, *self._shared)

    @cached_property
    def _deciding(self) -> str:
        """Digest of all that decides points beside a run's own key; words are not among it."""
        names = ("rubric", "reference", "calibration")
        held_out = jobs.folder_digest(None if self.data is None else self.data.held_out)
        seed = str(self.data.seed if self.data else 0)
        parts = (
            str(self.grader.version), held_out, seed, *(str(self.made_from[n]) for n in names)
        )  # fmt: skip
        return facts.digest(*(part.encode() for part in parts))

    def _job(self, owner: str, notebook: str, attempt: int = 0) -> Job:
        plan, inputs, image, digest = self._shared
        folder = None if self.data is None else self.data.train
        return jobs.make_job(
            self.store.executions, owner, notebook, plan, inputs, image,
            self.grader, folder, digest, self._environment(owner, attempt),
        )  # fmt: skip

    def _environment(self, owner: str, attempt: int) -> dict[str, str]:
        """What a run finds out about itself. Its seed is drawn from who it is for."""
        drawn = hashlib.sha256(f"{self.course.name}/{owner}/{attempt}".encode()).digest()
        seed = int.from_bytes(drawn[:4], "big") >> 1 if self.seed is None else self.seed + attempt
        chance = {"COURSE_SEED": str(seed)} if self.grader.measures else {}
        return {"COURSE_TIER": self.tier, **chance}

    def _observed(self, owner: str, evidence: Evidence, *, alone: bool) -> Evidence:
        """The evidence with what fresh sandboxes make of it.

        Raises:
            Ambiguous, Interrupted: as `run_job`.
            Unobserved: a fault of ours kept one from being made.
        """
        seen: dict[str, dict[int, Items | Refusal]] = {}
        lost: dict[str, Said] = {}
        for group in observing.groups(self.grader):
            # What earlier sandboxes saw may be handed to this one.
            known = observing.merged(self.grader, evidence, seen, lost, self.cases)
            wanted = observing.asked(group, known, self.cases)
            if not wanted:
                continue
            plan, inputs = observing.plan_and_inputs(wanted, known, self.cases, self.grader)
            job = jobs.make_job(
                self.store.executions, f"{owner}, observed", observing.notebook(group), plan,
                inputs, self.sandbox.fingerprint(), self.grader, None, "",
                {"COURSE_TIER": self.tier},
            )  # fmt: skip
            if owner in self.again:
                self.store.forget(job)
            run, _ = run_job(job, self.sandbox, self.store, self.stopping.is_set, alone=alone)
            if run.ending in OURS:
                raise Unobserved(run)
            asks = observing.asks_of(wanted)
            found = read_evidence(run.outputs, asks, {o.name: len(ks) for o, ks in wanted})
            for observation, which in wanted:
                if observation.name in found.seen:
                    answers = found.seen[observation.name]
                    seen[observation.name] = dict(zip(which, answers, strict=True))
                else:
                    lost[observation.name] = found.refused[observation.name]
        return observing.merged(self.grader, evidence, seen, lost, self.cases)

    @cached_property
    def keys(self) -> tuple[Evidence, ...]:
        """The reference's answers to the same questions, then those that are right as well.

        Raises:
            CourseFault: one does not answer all of them, so nobody can be graded.
            InfraFault: the machine failed.
            UsageFault: the sandbox lacks what notebooks import.
        """
        self.course.must_run_in(self.sandbox.name)
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
        evidence = read_evidence(run.outputs, self.grader.evidence, self.counts)
        try:
            evidence = self._observed(f"({name})", evidence, alone=False)
        except Ambiguous:
            raise CourseFault(f"{self.course.name}: the model of {name} was killed twice") from None
        except Unobserved as fault:
            raise InfraFault(
                f"{self.course.name}: what {name} left could not be looked at ({fault}); "
                "nobody can be graded without it"
            ) from None
        if evidence.refused:
            told = {k: tell(self.grader.sentences, why) for k, why in evidence.refused.items()}
            raise CourseFault(
                f"{self.course.name}: {name} leaves questions open: {told} "
                f"(run ended: {run.ending})"
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
        try:
            graded = self._try(who, taken, 0, alone=alone)
            if any(r.near for r in graded.grade.results) and not graded.grade.held:
                again = self._try(who, taken, 1, alone=alone)
                graded = self._better(graded, again)
        except (Ambiguous, Interrupted):
            self.store.set_state(name, student, State.WAITING, taken.sha256)
            raise
        state = State.HELD if graded.grade.held else State.GRADED
        self.store.set_state(name, student, state, taken.sha256, graded.key)
        return graded

    def _try(self, who: Submission, taken: Intake, attempt: int, *, alone: bool) -> Graded:
        """One run with a seed of its own, looked at and judged."""
        name, student = self.course.name, who.student
        job = self._job(student, json.dumps(taken.notebook, sort_keys=True), attempt)
        self.store.set_state(name, student, State.RUNNING, taken.sha256, job.key)
        if student in self.again:
            self.store.forget(job)
        run, ran = run_job(job, self.sandbox, self.store, self.stopping.is_set, alone=alone)
        self.store.set_state(name, student, State.EXECUTED, taken.sha256, job.key)
        grade, evidence = self._judge(who, taken, job, run, alone=alone)
        return Graded(grade, taken, evidence, job.key, ran)

    def _better(self, first: Graded, second: Graded) -> Graded:
        """Of two runs the one with more points; the rule for luck, fixed in advance."""
        if second.grade.held:  # a fault of ours: the first stands
            return replace(first, ran=first.ran or second.ran)
        points = [g.grade.auto_points or 0.0 for g in (first, second)]
        better = second if points[1] > points[0] else first
        note = Note(
            "confirming-run",
            "Your result was so little below full marks that your notebook was run once more with "
            "another seed; the better of the two runs counts.",
            f"runs {first.key} ({points[0]:g} points) and {second.key} ({points[1]:g} points)",
        )
        grade = replace(better.grade, notes=(*better.grade.notes, note))
        return replace(better, grade=grade, ran=first.ran or second.ran)

    def hold(self, student: str, folder: Path, staff_note: str) -> Graded:
        """The grade of somebody whom a bug of ours keeps from being graded: every point absent."""
        grader = self.course.grader
        who = Submission(grader.assignment, grader.notebook, student, folder)
        grade = pipeline.held(who, grader, self.by_hand, staff_note, ())
        self.store.set_state(grader.notebook, student, State.HELD, "")
        return Graded(grade, Intake("held"), Evidence(), "", ran=False)

    def _judge(
        self, who: Submission, taken: Intake, job: Job, run: Execution, *, alone: bool
    ) -> tuple[Grade, Evidence]:
        """By a stored judgement where nothing that decides points has changed since, else anew."""
        grader = self.grader
        if run.ending in OURS:
            grade = pipeline.held(who, grader, self.by_hand, run.detail, taken.notes, run)
            return grade, Evidence()
        try:
            evidence = read_evidence(run.outputs, grader.evidence, self.counts)
            kept = judgements.place(job, self._deciding)
            if (before := judgements.load(kept)) is not None:
                told = pipeline.told_again(who, before, grader, self.by_hand, taken.notes, run)
                if told is not None:
                    return told, evidence
            evidence = self._observed(who.student, evidence, alone=alone)
        except (Ambiguous, Interrupted, NeedsRun):
            raise
        except Unobserved as fault:
            note = f"what the run left could not be looked at: {fault}"
            return pipeline.held(who, grader, self.by_hand, note, taken.notes, run), evidence
        except Exception:  # reading vouches for every shape of student material: a bug of ours
            note = traceback.format_exc(limit=-4)
            return pipeline.held(who, grader, self.by_hand, note, taken.notes, run), Evidence()
        grade = pipeline.grade(
            who, evidence, self.keys, self.cases, grader, self.by_hand, taken.notes, run,
            self.truths, self.bars,
        )  # fmt: skip
        if not grade.held:
            judgements.save(kept, grade.results)
        return grade, evidence
