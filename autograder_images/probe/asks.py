"""Puts a question to a kernel and checks the form of what comes back.

The kernel is the student's process, so an answer is taken apart and put together again from what
its form allows: known words, bounded texts, finite numbers, bytes for a `.npy` file that the host
will look at with `allow_pickle=False`.
"""

import math
import zipfile
from pathlib import Path
from typing import Any

from evidence import Evidence
from kernels import Heard, Kernel

_STATUSES = frozenset({"ok", "missing", "raised", "time limit", "unusable"})
_MAX_ITEMS = 64
_MAX_TEXT = 1_000_000
_MAX_DETAIL = 300
_MAX_ARRAY = 65 * 2**20  # 64 MiB of values and a header


def read_arrays(path: Path) -> dict[str, bytes]:
    """The `.npy` files of an `.npz`, unopened: they only travel through us to the kernel."""
    with zipfile.ZipFile(path) as archive:
        return {name.removesuffix(".npy"): archive.read(name) for name in archive.namelist()}


class Question:
    """One question of the plan while it is being answered."""

    def __init__(self, ask: dict[str, Any], evidence: Evidence) -> None:
        self.ask = ask
        self.answered = 0
        self.useful = False  # whether any case brought a value
        self._evidence = evidence

    def put(
        self, kernel: Kernel, arrays: dict[str, bytes], source: str, case_s: float, left_s: float
    ) -> Heard:
        """Send all cases at once and write the answers down as they come.

        Args:
            kernel: which to ask.
            arrays: all inputs of the plan, by key.
            source: of the cell, when the question is a rerun.
            case_s: wall seconds for each case.
            left_s: wall seconds for all of them.
        """
        wanted = sorted({key for case in self.ask["cases"] for _, key in case})
        content = {
            "ask": {**self.ask, "source": source},
            "arrays": {key: number for number, key in enumerate(wanted)},
            "watch": [],
        }
        buffers = [arrays[key] for key in wanted]
        return kernel.ask(
            "ask_request", content, case_s, self.hear, buffers=buffers, total_s=left_s,
            due=lambda: self.answered < len(self.ask["cases"]),
        )  # fmt: skip

    def hear(self, message: dict[str, Any]) -> bool:
        """Take the answer to the next case; anything else is no progress."""
        content = message["content"]
        if message["msg_type"] != "ask_answer" or content.get("case") != self.answered:
            return False
        if self.answered >= len(self.ask["cases"]):
            return False
        status = content.get("status")
        self.useful |= status == "ok"
        buffers = [bytes(buffer) for buffer in message["buffers"]]
        given = content.get("items")
        items = given[:_MAX_ITEMS] if isinstance(given, list) else []
        names = [name for name, _ in self.ask["cases"][self.answered]]
        changed = content.get("changed")
        self._write(
            status=status if isinstance(status, str) and status in _STATUSES else "raised",
            items=[self._item(item, buffers) for item in items],
            changed=[name for name in names if isinstance(changed, list) and name in changed],
            detail=str(content.get("detail") or "")[:_MAX_DETAIL],
            seconds=_seconds(content.get("seconds")),
        )
        return True

    def close(self, status: str, detail: str) -> None:
        """Account for the cases without an answer: the first with `status`, the rest skipped."""
        while self.answered < len(self.ask["cases"]):
            self._write(status=status, items=[], changed=[], detail=detail, seconds=0.0)
            status = "skipped"

    def pass_over(self, status: str, detail: str) -> None:
        """Account for all cases alike: there is nothing that could be asked, or no need to."""
        while self.answered < len(self.ask["cases"]):
            self._write(status=status, items=[], changed=[], detail=detail, seconds=0.0)

    def _write(self, **line: Any) -> None:
        self._evidence.answer(ask=self.ask["name"], case=self.answered, **line)
        self.answered += 1

    def _item(self, item: Any, buffers: list[bytes]) -> dict[str, Any]:
        if isinstance(item, dict):
            number, text, index = item.get("number"), item.get("text"), item.get("buffer")
            if isinstance(number, float) and math.isfinite(number):
                return {"number": number}
            if isinstance(text, str) and len(text) <= _MAX_TEXT:
                return {"text": text}
            if type(index) is int and 0 <= index < len(buffers):
                if len(buffers[index]) <= _MAX_ARRAY:
                    return {"file": self._evidence.array(buffers[index])}
                return {"unusable": "an array too large"}
            if isinstance(item.get("unusable"), str):
                return {"unusable": item["unusable"][:_MAX_DETAIL]}
        return {"unusable": "it cannot be read"}


def watched(kernel: Kernel, names: list[str], limit_s: float) -> dict[str, str | None]:
    """What became of some names of the user's: the type of each, None for those not there."""
    content = {
        "ask": {"name": "", "kind": "variable", "target": [], "cases": []},
        "arrays": {},
        "watch": names,
    }
    found = kernel.ask("ask_request", content, limit_s, lambda message: False).content.get("names")
    if not isinstance(found, dict):
        return {}
    return {name: None if found.get(name) is None else str(found[name])[:100] for name in names}


def _seconds(value: Any) -> float:
    return round(value, 6) if isinstance(value, float) and 0 <= value < 1e6 else 0.0
