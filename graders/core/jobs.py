"""From a notebook that is ready to run to a job folder whose content is its identity."""

import hashlib
import io
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from graders.core.rubric import Grader
from graders.core.types import Array, Cases, Job

PLAN_VERSION = 1


def plan(grader: Grader, cases: Mapping[str, Cases]) -> dict[str, Any]:
    """What the probe is to do after the cells, as plain data (autograder_images/README.md)."""
    asks = []
    # What the run left is looked at before any unseen input is shown: else it could hold some.
    for ask in sorted(grader.evidence, key=lambda ask: ask.kind != "variable"):
        mine = cases[ask.cases] if ask.cases else ()
        keys = [[[arg, f"{ask.cases}/{k}/{arg}"] for arg in case] for k, case in enumerate(mine)]
        asks.append(
            {
                "name": ask.name,
                "kind": ask.kind,
                "target": list(ask.target),
                "cases": keys or [[]],
                "gives": [list(names) for names in ask.gives],
                "silence": list(ask.silence),
                "via": ask.via,
                "unless": ask.unless,
            }
        )
    return {"version": PLAN_VERSION, "limits": asdict(grader.limits), "asks": asks}


def case_counts(grader: Grader, cases: Mapping[str, Cases]) -> dict[str, int]:
    """How many answers each question has to bring."""
    return {a.name: len(cases[a.cases]) if a.cases else 1 for a in grader.evidence}


def packed(grader: Grader, cases: Mapping[str, Cases]) -> bytes:
    """The unseen inputs of a grader's questions as one `.npz`; equal inputs give equal bytes."""
    asked = {ask.cases for ask in grader.evidence}
    return packed_arrays(
        {
            f"{name}/{k}/{arg}": np.asarray(value)
            for name, drawn in cases.items()
            if name in asked
            for k, case in enumerate(drawn)
            for arg, value in case.items()
        }
    )


def packed_arrays(arrays: Mapping[str, Array]) -> bytes:
    """Some arrays as one `.npz`."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def folder_digest(folder: Path | None) -> str:
    """sha256 over names and contents of the data that a job may see."""
    digest = hashlib.sha256()
    if folder is not None:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def make_job(
    workspace: Path,
    owner: str,
    notebook: str,
    plan_text: str,
    inputs: bytes,
    image: str,
    grader: Grader,
    data: Path | None,
    data_digest: str,
    env: Mapping[str, str],
) -> Job:
    """Lay out a job below `workspace/<key>/`; nothing is written when it is there already.

    The key is a hash of everything that can change the run: who it is for, the notebook as it
    will execute, the questions, the unseen inputs, the image, the data, the limits, the
    environment. It holds
    neither bars nor messages: those are judged from the stored evidence, without a new run.

    Args:
        workspace: where job folders live.
        owner: the student; equal notebooks of two students are run separately.
        notebook: nbformat JSON text.
        plan_text: `plan()` as JSON text; limits are in it.
        inputs: `packed()` cases.
        image: fingerprint of what it runs in.
        grader: for its limits.
        data: the folder that `$COURSE_DATA` will name.
        data_digest: its `folder_digest`.
        env: what the notebook finds in its environment beside what all find there.
    """
    digest = hashlib.sha256()
    spelt = json.dumps(dict(env), sort_keys=True)
    for part in (owner, notebook, plan_text, image, data_digest, spelt):
        digest.update(hashlib.sha256(part.encode()).digest())
    inputs_digest = hashlib.sha256(inputs)
    digest.update(inputs_digest.digest())
    key = digest.hexdigest()[:32]
    folder = workspace / key
    job = Job(key, image, folder / "inputs", folder / "outputs", grader.limits, data, dict(env))
    job.inputs.mkdir(parents=True, exist_ok=True)
    for name, content in (
        ("notebook.ipynb", notebook.encode()),
        ("plan.json", plan_text.encode()),
    ):
        _write(job.inputs / name, content)
    # Held-out images are tens of megabytes: one file for a whole class.
    shared = workspace.parent / "inputs" / f"{inputs_digest.hexdigest()[:32]}.npz"
    if not shared.is_file():
        shared.parent.mkdir(exist_ok=True)
        _write(shared, inputs)
    _same(shared, job.inputs / "inputs.npz")
    return job


def _same(source: Path, place: Path) -> None:
    if place.exists():
        return
    try:
        os.link(source, place)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        _write(place, source.read_bytes())


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, even if we are killed in between."""
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    part.write_bytes(content)
    os.replace(part, path)


def plan_text(grader: Grader, cases: Mapping[str, Cases]) -> str:
    """The plan in the one spelling that is hashed."""
    return json.dumps(plan(grader, cases), sort_keys=True)
