"""The outputs of a notebook's cells, kept within bounds.

nbclient turns messages into outputs (display ids, clear_output, widgets); this decides how much of
them is kept: the first and last 32 kB of what a cell prints, images up to 1 MB, 8 MB in all.
"""

from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode

HEAD = TAIL = 32_000  # characters of one stream that are kept
MAX_ONE = 1_000_000  # characters of one display, as it stands in the file (images in base64)
MAX_ALL = 8_000_000
MAX_OUTPUTS = 200  # of one cell
MAX_TRACEBACK = 20_000
_DISPLAYS = frozenset({"display_data", "execute_result", "update_display_data"})


class Printed:
    """The text of one stream: its beginning, its end, and how much was left out between them."""

    def __init__(self) -> None:
        self.head = ""
        self.tail = ""
        self.lost = 0

    def add(self, text: str) -> None:
        room = HEAD - len(self.head)
        if room > 0:
            self.head += text[:room]
            text = text[room:]
        self.tail += text
        if len(self.tail) > 2 * TAIL:
            self.lost += len(self.tail) - TAIL
            self.tail = self.tail[-TAIL:]

    def text(self) -> str:
        tail, lost = self.tail, self.lost
        if len(tail) > TAIL:
            lost += len(tail) - TAIL
            tail = tail[-TAIL:]
        note = f"\n[... {lost} characters left out ...]\n" if lost else ""
        return "\n".join(_drawn(line) for line in (self.head + note + tail).split("\n"))


def _drawn(line: str) -> str:
    """What a terminal shows of a line that went back to its start: of a progress bar, the last."""
    shown = line.rstrip("\r")
    return shown.rpartition("\r")[2] + line[len(shown) :]


class CellOutputs(NotebookClient):  # type: ignore[misc]
    """Collects the outputs of one cell after another; runs nothing by itself."""

    def __init__(self, notebook: NotebookNode) -> None:
        super().__init__(notebook)
        self.log.disabled = True  # what a notebook can make it log is no news
        self._streams: list[tuple[Any, Printed]] = []
        self._kept = 0

    def begin(self, cell: NotebookNode) -> None:
        """Forget what the file says about a cell: it is about to run."""
        cell.outputs = []
        cell.execution_count = None
        self.clear_before_next_output = False
        self._streams = []

    def hear(self, message: dict[str, Any], cell: NotebookNode, index: int) -> None:
        """Take in one message; a malformed one is passed over."""
        content = message["content"]
        kind = message["msg_type"]
        try:
            if kind == "stream":
                if not self.clear_before_next_output and self._continue(content, cell.outputs):
                    return
            elif kind in _DISPLAYS:
                self._trim(content)
            elif kind == "error":
                _trim_traceback(content)
            if len(cell.outputs) < MAX_OUTPUTS or kind not in {*_DISPLAYS, "stream", "error"}:
                self.process_message(message, cell, index)
            if kind == "stream" and cell.outputs:
                printed = Printed()
                printed.add(str(cell.outputs[-1].text))
                cell.outputs[-1].text = ""
                self._streams.append((cell.outputs[-1], printed))
        except Exception:  # the notebook's process wrote it: it proves nothing about ours
            return

    def finish(self, cell: NotebookNode) -> None:
        """Write what the cell printed into its outputs."""
        for node, printed in self._streams:
            node.text = printed.text()
        self._streams = []

    def _continue(self, content: dict[str, Any], outputs: list[Any]) -> bool:
        """Add to the last stream, if that is what this belongs to (or if there are too many)."""
        if not self._streams or not outputs:
            return False
        node, printed = self._streams[-1]
        full = len(outputs) >= MAX_OUTPUTS and any(node is output for output in outputs)
        if full or (outputs[-1] is node and node.name == content["name"]):
            printed.add(content["text"])
            return True
        return False

    def _trim(self, content: dict[str, Any]) -> None:
        size = sum(len(value) if isinstance(value, str) else len(repr(value))
                   for value in content["data"].values())  # fmt: skip
        if size > MAX_ONE or self._kept + size > MAX_ALL:
            content["data"] = {"text/plain": f"[an output of {size} characters was left out]"}
        else:
            self._kept += size
        content["metadata"] = content.get("metadata") if size < MAX_ONE else {}


def _trim_traceback(content: dict[str, Any]) -> None:
    lines = [str(line) for line in content["traceback"]]
    if sum(map(len, lines)) > MAX_TRACEBACK:
        lines = ["\n".join(lines)[-MAX_TRACEBACK:]]
    content.update(
        traceback=lines,
        ename=str(content["ename"])[:200],
        evalue=str(content["evalue"])[:MAX_TRACEBACK],
    )
