"""What else students hand in: files that are broken, odd, in the wrong place or no files at all.

Each entry of `BROKEN` gets the bytes of a good notebook (nbformat 4, all cells answered) and the
empty folder `submitted/<student>/<assignment>`, and leaves in it what such a student would have
handed in. The notebook is called after the folder. Most kinds come from counts of real classes.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reference_solutions.foreign import foreign_notebook

Writer = Callable[[bytes, Path], None]
Notebook = dict[str, Any]

# Made up; formed like real ones, so that masking can be seen to work.
ADDRESS = "ada.lovelace@analytical-engine.org"
TOKEN = "Qz7LmPw3Rt9XvBn2"

_PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")


def _file(folder: Path) -> Path:
    return folder / f"{folder.name}.ipynb"


def _edited(good: bytes, folder: Path, edit: Callable[[Notebook], None]) -> None:
    book: Notebook = json.loads(good)
    edit(book)
    _file(folder).write_text(json.dumps(book, indent=1), encoding="utf-8")


def _marks(cell: Notebook) -> Notebook:
    marks: Notebook = cell["metadata"].get("nbgrader", {})
    return marks


def _is_check(cell: Notebook) -> bool:
    return bool(_marks(cell).get("grade")) and not _marks(cell).get("solution")


def _answers(book: Notebook) -> list[Notebook]:
    return [c for c in book["cells"] if _marks(c).get("solution") and c["cell_type"] == "code"]


def _text(cell: Notebook) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


# Files that cannot be opened as a notebook


def no_file(good: bytes, folder: Path) -> None:
    """The folder holds no notebook, only a note."""
    (folder / "readme.txt").write_text("uploaded later\n", encoding="utf-8")


def empty_file(good: bytes, folder: Path) -> None:
    """A file of no bytes, as a full disk leaves it."""
    _file(folder).write_bytes(b"")


def truncated(good: bytes, folder: Path) -> None:
    """The upload broke off after two thirds."""
    _file(folder).write_bytes(good[: 2 * len(good) // 3])


def damaged(good: bytes, folder: Path) -> None:
    """A bracket went missing in the middle: edited by hand in a text editor."""
    _file(folder).write_bytes(good.replace(b'"cells": [', b'"cells": ', 1))


def merge_conflict(good: bytes, folder: Path) -> None:
    """Committed with the marks of an unresolved merge."""
    lines = good.decode().split("\n")
    mark = ["<<<<<<< HEAD", *lines[4:6], "=======", *lines[5:7], ">>>>>>> origin/main"]
    _file(folder).write_text("\n".join([*lines[:4], *mark, *lines[7:]]), encoding="utf-8")


def picture(good: bytes, folder: Path) -> None:
    """A PNG called .ipynb."""
    _file(folder).write_bytes(_PNG + bytes(range(256)))


def web_page(good: bytes, folder: Path) -> None:
    """The page around the notebook, saved from the browser."""
    _file(folder).write_text("<!DOCTYPE html>\n<html><body>notebook</body></html>", "utf-8")


def not_a_notebook(good: bytes, folder: Path) -> None:
    """Good JSON, but a settings file."""
    _file(folder).write_text('{"editor.fontSize": 14, "files": ["a"]}', encoding="utf-8")


def nested_json(good: bytes, folder: Path) -> None:
    """A hundred thousand brackets, one in the other."""
    _file(folder).write_text('{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}", encoding="utf-8")


def future_format(good: bytes, folder: Path) -> None:
    """Declares nbformat 99."""
    _edited(good, folder, lambda book: book.update(nbformat=99))


def no_cells(good: bytes, folder: Path) -> None:
    """A new notebook, saved before anything was written."""
    _edited(good, folder, lambda book: book.update(cells=[]))


def too_many_cells(good: bytes, folder: Path) -> None:
    """A loop pasted itself 5,000 times."""
    _edited(good, folder, lambda book: book["cells"].extend(book["cells"][-1:] * 5_000))


def too_large(good: bytes, folder: Path) -> None:
    """70 MiB, sparse on this disk."""
    with _file(folder).open("wb") as file:
        file.write(good)
        file.truncate(70 * 1024 * 1024)


def other_notebook(good: bytes, folder: Path) -> None:
    """The notebook of another course."""
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": "import pandas as pd"}]
    _file(folder).write_text(json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}), "utf-8")


def link(good: bytes, folder: Path) -> None:
    """A symbolic link to a notebook that lies elsewhere."""
    target = folder.parent / "elsewhere.ipynb"
    target.write_bytes(good)
    _file(folder).symlink_to(target)


def dangling_link(good: bytes, folder: Path) -> None:
    """A symbolic link to nothing."""
    _file(folder).symlink_to(folder / "gone.ipynb")


def linked_folder(good: bytes, folder: Path) -> None:
    """The whole folder is a link."""
    target = folder.with_name(f"{folder.name}-elsewhere")
    target.mkdir()
    (target / f"{folder.name}.ipynb").write_bytes(good)
    folder.rmdir()
    folder.symlink_to(target, target_is_directory=True)


def pipe(good: bytes, folder: Path) -> None:
    """A named pipe: whoever opens it waits for ever."""
    if hasattr(os, "mkfifo"):
        os.mkfifo(_file(folder))
    else:
        _file(folder).mkdir()


# Notebooks that open, once they are looked at closely


def byte_order_mark(good: bytes, folder: Path) -> None:
    """UTF-8 with a byte order mark, as Windows editors write it."""
    _file(folder).write_bytes(b"\xef\xbb\xbf" + good)


def utf16(good: bytes, folder: Path) -> None:
    """Saved as UTF-16 by PowerShell's redirection."""
    _file(folder).write_bytes(good.decode().encode("utf-16"))


def not_utf8(good: bytes, folder: Path) -> None:
    """Saved in the encoding of an old Windows, with accents in it."""
    book: Notebook = json.loads(good)
    book["cells"].append({"cell_type": "code", "metadata": {}, "source": "# d\u00e9j\u00e0 vu"})
    _file(folder).write_bytes(json.dumps(book, ensure_ascii=False).encode("cp1252", "replace"))


def strange_numbers(good: bytes, folder: Path) -> None:
    """NaN, a number of 5,000 digits and a key that stands twice."""
    head = b'{"x": NaN, "nbformat": 4, "nbformat": 4, "big": ' + b"9" * 5_000 + b","
    _file(folder).write_bytes(good.replace(b"{", head, 1))


def wrong_types(good: bytes, folder: Path) -> None:
    """Some cells are numbers, some have no source, ids are not unique."""

    def spoil(book: Notebook) -> None:
        for cell in book["cells"]:
            cell["id"] = "!? not an id"
        book["cells"][2:2] = [17, None, {"cell_type": "code"}, {"cell_type": 5, "source": "x"}]

    _edited(good, folder, spoil)


def long_cell(good: bytes, folder: Path) -> None:
    """A picture pasted as text: one cell of 3 million characters."""
    cell = {"cell_type": "code", "metadata": {}, "source": "x = '" + "A" * 3_000_000 + "'"}
    _edited(good, folder, lambda book: book["cells"].append(cell))


def old_format(good: bytes, folder: Path) -> None:
    """nbformat 3, with worksheets, from a very old Jupyter."""
    book: Notebook = json.loads(good)
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"input": cell.pop("source"), "language": "python", "prompt_number": 1}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
    old["worksheets"] = [{"cells": book["cells"], "metadata": {}}]
    _file(folder).write_text(json.dumps(old), encoding="utf-8")


def huge_outputs(good: bytes, folder: Path) -> None:
    """50 MB of printed lines were saved with it."""

    def fill(book: Notebook) -> None:
        line = "epoch 1 step 1 loss 0.6931471805599453 " + "." * 60 + "\n"
        lines = [line] * 500_000
        stream = {"output_type": "stream", "name": "stdout", "text": lines}
        _answers(book)[0]["outputs"] = [stream]

    _edited(good, folder, fill)


def unknown_kernel(good: bytes, folder: Path) -> None:
    """The kernel is a private environment's."""
    spec = {"name": "conda-env-dl-course-py", "display_name": "dl", "language": "python"}
    _edited(good, folder, lambda book: book.update(metadata={"kernelspec": spec}))


def other_language(good: bytes, folder: Path) -> None:
    """The notebook says that it is written in R."""
    spec = {"name": "ir", "display_name": "R", "language": "R"}
    _edited(good, folder, lambda book: book.update(metadata={"kernelspec": spec}))


def renamed(good: bytes, folder: Path) -> None:
    """A browser's copy: `name (1).ipynb`, in capitals."""
    (folder / f"{folder.name.title()} (1).ipynb").write_bytes(good)


def second_notebook(good: bytes, folder: Path) -> None:
    """The right name, and an unfinished copy beside it."""
    _file(folder).write_bytes(good)
    (folder / f"{folder.name}-Copy1.ipynb").write_bytes(good.replace(b"return", b"retrun"))


def untouched_beside_copy(good: bytes, folder: Path) -> None:
    """The right name is cut off; the work is in the copy."""
    _file(folder).write_bytes(good[:300])
    (folder / f"{folder.name}-Copy1.ipynb").write_bytes(good)


def secrets(good: bytes, folder: Path) -> None:
    """An address and a token inside a call, a comment and a shell line."""
    source = (
        f'# mine: {ADDRESS}\ntry:\n    grader.submit("{ADDRESS}", "{TOKEN}")\n'
        f"except NameError:\n    pass\n!echo https://ada:{TOKEN}@git.example.org > /dev/null"
    )
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}
    _edited(good, folder, lambda book: book["cells"].append(cell))


# Notebooks whose structure was taken apart


def lost_marks(good: bytes, folder: Path) -> None:
    """Saved again by a tool that keeps no cell metadata."""

    def strip(book: Notebook) -> None:
        for cell in book["cells"]:
            cell["metadata"] = {}

    _edited(good, folder, strip)


def original_week_1(good: bytes, folder: Path) -> None:
    """The course's original notebook: other structure, same function names, failing imports."""
    text = json.dumps(foreign_notebook(ADDRESS, TOKEN), indent=1)
    (folder / "week01_pa.ipynb").write_text(text, encoding="utf-8")


def locked_changed(good: bytes, folder: Path) -> None:
    """Every check was made to pass, and its points were multiplied."""

    def loosen(book: Notebook) -> None:
        for cell in filter(_is_check, book["cells"]):
            cell["source"] = "assert True"
            _marks(cell)["points"] = 100 * _marks(cell).get("points", 1)

    _edited(good, folder, loosen)


def checks_deleted(good: bytes, folder: Path) -> None:
    """The checks were in the way."""

    def delete(book: Notebook) -> None:
        book["cells"] = [c for c in book["cells"] if not _is_check(c)]

    _edited(good, folder, delete)


def duplicated(good: bytes, folder: Path) -> None:
    """An answer cell and a check were copied, marks and all."""

    def copy(book: Notebook) -> None:
        first = book["cells"].index(_answers(book)[0])
        check = next(c for c in book["cells"] if _is_check(c))
        draft = {**book["cells"][first], "source": "print('first try')"}
        book["cells"][first:first] = [draft, {**check}]

    _edited(good, folder, copy)


def repointed(good: bytes, folder: Path) -> None:
    """Marks swapped about: answers are called checks, ids are made up."""

    def swap(book: Notebook) -> None:
        answers = _answers(book)
        for cell in answers[:2]:
            _marks(cell).update(grade=True, solution=False, points=50)
        for cell in answers[2:4]:
            _marks(cell)["grade_id"] = f"my_{_marks(cell)['grade_id']}"

    _edited(good, folder, swap)


def merged_cells(good: bytes, folder: Path) -> None:
    """The first two answers were merged into one cell."""

    def merge(book: Notebook) -> None:
        first, second, *_ = _answers(book)
        first["source"] = f"{_text(first)}\n\n{_text(second)}"
        book["cells"].remove(second)

    _edited(good, folder, merge)


def answer_elsewhere(good: bytes, folder: Path) -> None:
    """The work is in an extra cell; the answer's own cell still holds its stub, further down."""

    def move(book: Notebook) -> None:
        cell = _answers(book)[0]
        extra = {"cell_type": "code", "metadata": {}, "outputs": [], "source": _text(cell)}
        head = [x for x in _text(cell).split("\n") if x.startswith("def ")][:1]
        cell["source"] = "\n".join(
            [*head, "    # YOUR CODE HERE", "    raise NotImplementedError()"]
        )
        book["cells"].insert(book["cells"].index(cell), extra)

    _edited(good, folder, move)


def waits_for_input(good: bytes, folder: Path) -> None:
    """Asks the user for a number."""
    source = "n_steps = int(input('how many steps? '))"
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": source}
    _edited(good, folder, lambda book: book["cells"].insert(1, cell))


REFUSED: dict[str, Writer] = {
    writer.__name__.replace("_", "-"): writer
    for writer in (
        no_file, empty_file, truncated, damaged, merge_conflict, picture, web_page,
        not_a_notebook, nested_json, future_format, no_cells, too_many_cells, too_large,
        other_notebook, link, dangling_link, linked_folder, pipe,
    )
}  # fmt: skip
REPAIRED: dict[str, Writer] = {
    writer.__name__.replace("_", "-"): writer
    for writer in (
        byte_order_mark, utf16, not_utf8, strange_numbers, wrong_types, long_cell, old_format,
        huge_outputs, unknown_kernel, other_language, renamed, second_notebook,
        untouched_beside_copy, secrets, lost_marks, original_week_1, locked_changed,
        checks_deleted, duplicated, repointed, merged_cells, answer_elsewhere, waits_for_input,
    )
}  # fmt: skip
BROKEN: dict[str, Writer] = {**REFUSED, **REPAIRED}
