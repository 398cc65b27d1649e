"""Jobs in which answers of a student's are looked at in a fresh sandbox, without student code.

A trained model, say, comes out of the notebook's own sandbox as a file. It is loaded in another
one, by a notebook of ours, which puts unseen inputs to it: the host never opens it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from graders.core import jobs
from graders.core.rubric import Ask, Grader, Observation
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Evidence, Items, Refusal

UNASKED = said("not-looked-at")

# Keras imports these where they are there, for what no observation needs: a second and more of CPU.
LIGHT = """import sys

sys.modules.update(dict.fromkeys(("pandas", "sklearn")))"""


def groups(grader: Grader) -> tuple[tuple[Observation, ...], ...]:
    """Which observations share a sandbox: all but those that have to be alone, or in a room.

    Within one they are made in the order of declaration: a model file that would take over the
    process can do nothing to what was measured before it was loaded. Sandboxes come in the order
    of their first observations, the common one first: what one saw can be handed to a later one.
    """
    rooms: dict[str, list[Observation]] = {"": []}
    for observation in grader.observations:
        rooms.setdefault(observation.sandbox, []).append(observation)
    return tuple(tuple(group) for group in rooms.values() if group)


def notebook(observations: Sequence[Observation]) -> str:
    """Our own notebook: a cell for each observation, which defines its function."""
    sources = {"light": LIGHT}
    sources |= {o.name: f"{o.source.strip()}\n\n{_function(o)} = observe" for o in observations}
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"observe-{name}",
            "metadata": {"nbgrader": {"grade_id": name}},
            "outputs": [],
            "source": source,
        }
        for name, source in sources.items()
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps(
        {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5},
        sort_keys=True,
    )


def _function(observation: Observation) -> str:
    return f"observe_{observation.name}"


def asked(
    observations: Sequence[Observation], evidence: Evidence, cases: Mapping[str, Cases]
) -> tuple[tuple[Observation, tuple[int, ...]], ...]:
    """Which cases of each observation there is an answer to look at for; none: left out."""
    found = []
    for observation in observations:
        handed = [evidence.seen.get(name, ()) for name in _handed(observation)]
        wanted = tuple(
            k
            for k in range(len(cases[observation.cases]))
            if all(_usable(_answer(answers, k)) is not None for answers in handed)
        )
        if wanted:
            found.append((observation, wanted))
    return tuple(found)


def _handed(observation: Observation) -> tuple[str, ...]:
    """Whose answers are handed over."""
    return (observation.of, observation.also) if observation.also else (observation.of,)


def _answer(answers: Answers, k: int) -> Items | Refusal | None:
    """The answer of case k; a single one goes with every case."""
    if not answers:
        return None
    return answers[0] if len(answers) == 1 else answers[k] if k < len(answers) else None


def _usable(answer: Items | Refusal | None) -> Array | None:
    if answer is None or isinstance(answer, Refusal) or len(answer) != 1:
        return None
    (item,) = answer
    return None if isinstance(item, (str, Refusal)) else item


def plan_and_inputs(
    wanted: Sequence[tuple[Observation, tuple[int, ...]]],
    evidence: Evidence,
    cases: Mapping[str, Cases],
    grader: Grader,
) -> tuple[str, bytes]:
    """The plan of an observing job as JSON text, and its inputs as `.npz` bytes."""
    arrays: dict[str, Array] = {}
    asks: list[dict[str, Any]] = []
    for observation, which in wanted:
        keys = []
        for k in which:
            case = []
            for argument, name in zip(("answer", "also"), _handed(observation), strict=False):
                answers = evidence.seen[name]
                key = f"answers/{name}/{0 if len(answers) == 1 else k}"
                answer = _usable(_answer(answers, k))
                assert answer is not None  # `asked` has looked
                # A file comes out as whole numbers: as bytes it is an eighth of the size.
                small = answer.dtype == np.int64 and answer.ndim == 1 and _bytes(answer)
                arrays[key] = answer.astype(np.uint8) if small else answer
                case.append([argument, key])
            for argument, value in cases[observation.cases][k].items():
                name = f"{observation.cases}/{k}/{argument}"
                arrays[name] = np.asarray(value)
                case.append([argument, name])
            keys.append(case)
        asks.append(
            {
                "name": observation.name, "kind": "calls", "target": [_function(observation)],
                "cases": keys, "gives": [], "silence": [], "via": _PASS_ALL, "unless": "",
            }
        )  # fmt: skip
    empty = replace(grader, evidence=(), checks=(), observations=(), measures=())
    plan = jobs.plan(empty, {}) | {"asks": asks}
    return json.dumps(plan, sort_keys=True), jobs.packed_arrays(arrays)


# Texts among the arguments are handed over, too.
_PASS_ALL = "def ask(function, *case):\n    return function(*case)\n"


def _bytes(answer: Array) -> bool:
    return bool(answer.size) and int(answer.min()) >= 0 and int(answer.max()) <= 255


def asks_of(wanted: Sequence[tuple[Observation, tuple[int, ...]]]) -> tuple[Ask, ...]:
    """The same questions in the form in which answers are read."""
    return tuple(Ask(o.name, "calls", (o.of,), o.cases) for o, _ in wanted)


def merged(
    grader: Grader,
    evidence: Evidence,
    observed: Mapping[str, Mapping[int, Items | Refusal]],
    lost: Mapping[str, Said],
    cases: Mapping[str, Cases],
) -> Evidence:
    """The evidence of a run with that of its observations.

    Args:
        grader: for its observations.
        evidence: what the notebook's own run left.
        observed: observation → case → what was seen.
        lost: observation → why nothing was seen, though there was something to look at.
        cases: the unseen inputs.
    """
    seen, refused = dict(evidence.seen), dict(evidence.refused)
    for o in grader.observations:
        there = observed.get(o.name, {})
        if there:
            count = len(cases[o.cases])
            of = evidence.seen[o.of]
            seen[o.name] = tuple(there.get(k, _why(_answer(of, k))) for k in range(count))
        elif o.name in lost:
            refused[o.name] = lost[o.name]
        elif o.otherwise and o.otherwise in evidence.seen:
            seen[o.name] = evidence.seen[o.otherwise]
        else:
            first = evidence.seen.get(o.of, (None,))[0]
            why = first.why if isinstance(first, Refusal) else refused.get(o.also, UNASKED)
            refused[o.name] = evidence.refused.get(o.otherwise, evidence.refused.get(o.of, why))
    return replace(evidence, seen=seen, refused=refused)


def _why(answer: Items | Refusal | None) -> Refusal:
    if isinstance(answer, Refusal):
        return answer
    for item in answer or ():
        if isinstance(item, Refusal):
            return item
    return Refusal(UNASKED)
