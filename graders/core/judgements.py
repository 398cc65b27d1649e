"""What was judged of a run, kept beside it: judging is not repeated to tell it in other words.

One `.npz` a judgement, `judged/<key>.npz` in the run's own folder, where no job can write. It holds
plain data alone: the results as JSON, in codes, and the arrays of their figures.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from graders.core import figures
from graders.core.figures import Array
from graders.core.saying import Said, from_plain, plain
from graders.core.types import CheckResult, Job, Outcome

_FORM = 1  # raise it when the form below changes: what is stored in another is judged again
_KINDS: Mapping[str, type] = {
    kind.__name__: kind
    for kind in (
        CheckResult,
        figures.Confusion,
        figures.Pictures,
        figures.Learning,
        figures.Scale,
        figures.Table,
        figures.Described,
    )
}


def place(job: Job, key: str) -> Path:
    """Where the judgement of a run lies.

    Args:
        key: of everything that decides points beside the run.
    """
    return job.inputs.parent / "judged" / f"{key}-{_FORM}.npz"


def load(file: Path) -> tuple[CheckResult, ...] | None:
    """The results of a stored judgement, told in no words yet; None: it has to be judged (again).

    What cannot be read is as good as absent: an interrupted writing, or another program's file.
    """
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        results = _decoded(json.loads(bytes(arrays.pop("results"))), arrays)
    except (OSError, ValueError, KeyError, TypeError, EOFError, AttributeError, BadZipFile):
        return None
    return tuple(results)


def save(file: Path, results: tuple[CheckResult, ...]) -> None:
    """Keep a judgement; whole or not at all."""
    arrays: dict[str, Array] = {}
    text = json.dumps(_encoded(results, arrays), allow_nan=False)
    arrays["results"] = np.frombuffer(text.encode(), dtype=np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    file.parent.mkdir(exist_ok=True)
    part = file.with_suffix(".part")
    part.write_bytes(buffer.getvalue())
    part.replace(file)


def _encoded(thing: Any, arrays: dict[str, Array]) -> Any:
    if isinstance(thing, np.ndarray):
        name = f"array{len(arrays)}"
        arrays[name] = thing
        return {"array": name}
    if isinstance(thing, Outcome):
        return {"outcome": thing.value}
    if isinstance(thing, Said):
        return {"said": plain(thing)}
    if isinstance(thing, tuple):
        return [_encoded(one, arrays) for one in thing]
    if isinstance(thing, Mapping):
        return {"mapping": [[k, _encoded(v, arrays)] for k, v in thing.items()]}
    if is_dataclass(thing):
        told = {
            f.name: _encoded(getattr(thing, f.name), arrays)
            for f in fields(thing)
            if f.name not in ("feedback", "asks")  # words of today's tables
        }
        return {"kind": type(thing).__name__, "fields": told}
    return plain(thing.item() if isinstance(thing, np.generic) else thing)


def _decoded(stored: Any, arrays: Mapping[str, Array]) -> Any:
    if isinstance(stored, list):
        return tuple(_decoded(one, arrays) for one in stored)
    if not isinstance(stored, Mapping):
        return stored
    if "array" in stored:
        return arrays[stored["array"]]
    if "outcome" in stored:
        return Outcome(stored["outcome"])
    if "said" in stored:
        return from_plain(stored["said"])
    if "mapping" in stored:
        return {k: _decoded(v, arrays) for k, v in stored["mapping"]}
    if "kind" in stored:
        given = {k: _decoded(v, arrays) for k, v in stored["fields"].items()}
        return _KINDS[stored["kind"]](**given)
    return from_plain(stored)
