"""The files that a run leaves: `cells.jsonl`, `answers.jsonl`, `answers/*.npy`, `executed.ipynb`,
`ending.json`. Written as things happen, so that what kills the run does not take them along.

The notebook's process can reach this folder where there is no better sandbox than our own, so
nothing here is read back, and no link that it may have planted is followed.
"""

import contextlib
import json
import os
import shutil
from pathlib import Path
from typing import Any, TextIO

import nbformat

MIB = 2**20


class OutputLimit(Exception):
    """The run has left more than it may."""


class Evidence:
    """The outputs folder of one run."""

    def __init__(self, folder: Path, limit_mib: float, file_mib: float = float("inf")) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._room = int(limit_mib * MIB)
        self._most = int(min(limit_mib, file_mib) * MIB)  # of one file
        self._arrays = 0
        (folder / "answers").mkdir(exist_ok=True)
        self._cells = self._open("cells.jsonl")
        self._answers = self._open("answers.jsonl")

    def _open(self, name: str) -> TextIO:
        path = self.folder / name
        path.unlink(missing_ok=True)
        return open(path, "x", encoding="utf-8", buffering=1)

    def cell(self, **line: Any) -> None:
        """Note what became of a cell."""
        self._spend(_json(line), self._cells)

    def answer(self, **line: Any) -> None:
        """Note what became of one case of a question."""
        self._spend(_json(line), self._answers)

    def array(self, data: bytes) -> str:
        """Keep one `.npy` file; returns its name for `answer`."""
        self._take(len(data))
        if len(data) > self._most:
            raise OutputLimit("an answer is larger than a file may be")
        name = f"answers/{self._arrays:04d}.npy"
        self._arrays += 1
        self._replace(name, data)
        return name

    def notebook(self, notebook: Any) -> None:
        """Keep the notebook with its outputs; a later one takes the place of an earlier one."""
        try:
            text = nbformat.v4.writes(notebook, indent=None)
        except Exception:  # an output nested so deeply, say, that it cannot be copied
            for cell in notebook.cells:
                if cell.cell_type == "code":
                    cell.outputs = []
            text = nbformat.v4.writes(notebook, indent=None)
        # Half of a surrogate pair is a str, but no UTF-8.
        data = text.encode("utf-8", errors="replace")
        if len(data) > self._most:  # a flood of pictures
            for cell in notebook.cells:
                if cell.cell_type == "code" and len(json.dumps(cell.outputs)) > self._most // 100:
                    cell.outputs = []
            data = nbformat.v4.writes(notebook, indent=None).encode("utf-8", errors="replace")
        if len(data) <= self._most:
            self._replace("executed.ipynb", data)

    def ending(self, **facts: Any) -> None:
        """Say how it ended: the last thing that is written."""
        self._replace("ending.json", _json({"version": 1, **facts}).encode())

    def close(self) -> None:
        """Close the files. Idempotent."""
        for file in (self._cells, self._answers):
            file.close()

    def _spend(self, line: str, file: TextIO) -> None:
        self._take(len(line))
        file.write(line + "\n")

    def _take(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise OutputLimit("the answers are larger than the run may leave")

    def _replace(self, name: str, data: bytes) -> None:
        path = self.folder / name
        partial = path.with_name(path.name + ".part")
        for attempt in range(2):
            try:
                with open(partial, "xb") as file:  # exclusive: never through a planted link
                    file.write(data)
                os.replace(partial, path)
                return
            except OSError:
                if attempt:
                    raise
                for planted in (partial, path):
                    with contextlib.suppress(OSError):
                        planted.unlink()
                    shutil.rmtree(planted, ignore_errors=True)


def _json(line: dict[str, Any]) -> str:
    # ASCII: whatever characters a notebook comes up with, one line stays one line.
    return json.dumps(line, ensure_ascii=True)
