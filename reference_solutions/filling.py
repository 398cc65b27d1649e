"""Puts cells into an assignment notebook: reference, blank, wrong, right and hostile ones.

A cell file is a Python file in percent format:

    # %% <grade_id>                 the whole source of that answer cell
    # %% [markdown] <grade_id>      the same for a written cell, each line prefixed by `# `
    # %% + after:<grade_id>         an extra cell, placed after that one
    # %%  or  # %% [markdown]       prose and scaffolding for the reader; goes nowhere

A variant begins with comment lines that declare what it is (`# title:`, `# loses:`, `# may lose:`,
`# earns:`, `# keeps:`, `# base:`, `# needs: isolation`) and holds only the cells that differ.
Everything here is deterministic: the same files give the same notebook, byte for byte, cell ids
included.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

CODE_STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")  # as nbgrader releases it
TEXT_STUB = ("YOUR ANSWER HERE",)

KINDS = ("wrong", "right", "hostile")

_HEADER = re.compile(
    r"^# %%[ \t]*(?P<markdown>\[markdown\])?[ \t]*"
    r"(?:\+[ \t]*after:(?P<after>[\w-]+)|(?P<id>[\w-]+))?[ \t]*$"
)
_DECLARATION = re.compile(r"^# (title|loses|may lose|earns|keeps|base|needs):[ \t]*(.*)$")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a cell file.

    Args:
        source: what will stand in the notebook.
        markdown: text rather than code.
        after: for an extra cell, the grade_id of the cell that it follows; else None.
    """

    source: str
    markdown: bool = False
    after: str | None = None


Cells = Mapping[str, Cell]  # by grade_id; an extra cell by "<n> after:<grade_id>"


@dataclass(frozen=True, slots=True)
class Variant:
    """A solution that differs from the reference (or from nothing) in some cells.

    Args:
        name: file stem.
        kind: `wrong`, `right` or `hostile`.
        title: what it does, in one line.
        loses: for wrong ones, the checks that may not get full points; all others must.
        may_lose: those of the others on which the mistake leaves it to chance: they judge what
            came out of a random training.
        earns: for hostile ones, the most automatic points that it may end with; else None.
        path: the cell file.
        base: what the cells are put into, `reference` or `blank`.
        keeps: for hostile ones, the fewest that it may end with: what its honest parts deserve.
        needs_isolation: it would reach files or processes of others: never run it where nothing
            but an account stands between them.
    """

    name: str
    kind: str
    title: str
    loses: frozenset[str]
    earns: float | None
    path: Path
    base: str
    keeps: float | None = None
    needs_isolation: bool = False
    may_lose: frozenset[str] = frozenset()


def read_cells(path: Path) -> Cells:
    """The cells of a percent-format file, in order.

    Raises:
        ValueError: a header that cannot be read, or a grade_id that comes twice.
    """
    found: dict[str, Cell] = {}
    header: re.Match[str] | None = None
    lines: list[str] = []
    for number, line in enumerate([*path.read_text("utf-8").splitlines(), "# %%"], start=1):
        if not line.startswith("# %%"):
            lines.append(line)
            continue
        if header is not None:
            _keep(found, header, lines, path)
        header, lines = _HEADER.match(line), []
        if header is None:
            raise ValueError(f"{path.name}, line {number}: this cell header cannot be read")
    return found


def _keep(found: dict[str, Cell], header: re.Match[str], lines: list[str], path: Path) -> None:
    name, after = header["id"], header["after"]
    if name is None and after is None:
        return
    if after is not None:
        name = f"{sum(c.after is not None for c in found.values())} after:{after}"
    if name in found:
        raise ValueError(f"{path.name}: {name!r} comes twice")
    markdown = header["markdown"] is not None
    if markdown:
        lines = [re.sub(r"^# ?", "", line) for line in lines]
    found[name] = Cell("\n".join(lines).strip("\n"), markdown, after)


def fill(assignment: Path, cells: Cells) -> NotebookNode:
    """The assignment with `cells` in their places; other answers keep nbgrader's stub.

    Args:
        assignment: the nbgrader source notebook.
        cells: what to put in; `{}` gives the blank notebook.

    Raises:
        ValueError: a cell has no place in the assignment, or is of the wrong type.
    """
    notebook = nbformat.read(assignment, as_version=4)
    extras = {name: cell for name, cell in cells.items() if cell.after is not None}
    answers = {name: cell for name, cell in cells.items() if cell.after is None}
    placed: list[NotebookNode] = []
    for node in notebook.cells:
        marks = node.metadata.get("nbgrader", {})
        grade_id = marks.get("grade_id")
        if marks.get("solution"):
            cell = answers.pop(grade_id, None)
            if cell is None:
                node.source = _released(node.source, node.cell_type == "markdown")
            elif cell.markdown != (node.cell_type == "markdown"):
                raise ValueError(f"{grade_id!r} is a {node.cell_type} cell in the assignment")
            else:
                node.source = cell.source
        placed.append(node)
        for name in [n for n, c in extras.items() if c.after == grade_id]:
            placed.append(_extra(name, extras.pop(name)))
    if lost := [*answers, *extras]:
        raise ValueError(f"{assignment.name} has no answer cell for {sorted(lost)}")
    notebook.cells = placed
    return notebook


def _extra(name: str, cell: Cell) -> NotebookNode:
    node: dict[str, Any] = {
        "cell_type": "markdown" if cell.markdown else "code",
        "id": "extra-" + name.replace(" after:", "-"),
        "metadata": {},
        "source": cell.source,
    }
    if not cell.markdown:
        node |= {"execution_count": None, "outputs": []}
    return nbformat.from_dict(node)  # type: ignore[no-untyped-call, no-any-return, unused-ignore]


def _released(source: str, markdown: bool) -> str:
    """What nbgrader leaves of an answer cell: its region replaced, or all of it without one."""
    stub = TEXT_STUB if markdown else CODE_STUB
    kept: list[str] = []
    inside = replaced = False
    for line in source.split("\n"):
        if line.strip() == "### BEGIN SOLUTION":
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + s for s in stub]
            inside = replaced = True
        elif line.strip() == "### END SOLUTION":
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept if replaced else stub)


def variants(notebook: str) -> list[Variant]:
    """Every variant of a notebook: wrong, then right, then hostile ones, each by name.

    Raises:
        ValueError: a declaration is missing or does not fit the kind.
    """
    folder = Path(__file__).resolve().parent / notebook / "variants"
    return [_variant(path, kind) for kind in KINDS for path in sorted((folder / kind).glob("*.py"))]


def _variant(path: Path, kind: str) -> Variant:
    said: dict[str, str] = {}
    for line in path.read_text("utf-8").splitlines():
        match = _DECLARATION.match(line)
        if not match:
            if line.startswith("# %%"):
                break
            continue
        said[match[1]] = match[2].strip()
    loses, may_lose = (
        frozenset(c for c in re.split(r"[,\s]+", said.get(word, "")) if c)
        for word in ("loses", "may lose")
    )
    base = said.get("base", "blank" if kind == "hostile" else "reference")
    if not said.get("title") or base not in ("blank", "reference"):
        raise ValueError(f"{kind}/{path.name} needs a title, and a base of blank or reference")
    hostile = kind == "hostile"
    if bool(loses) != (kind == "wrong") or {"earns" in said, "keeps" in said} != {hostile}:
        raise ValueError(
            f"{kind}/{path.name}: wrong ones say `loses`, hostile ones `earns` and `keeps`"
        )
    if (may_lose and kind != "wrong") or may_lose & loses:
        raise ValueError(
            f"{kind}/{path.name}: what it may lose is of wrong ones, and not lost anyway"
        )
    if said.get("needs", "isolation") != "isolation" or ("needs" in said and not hostile):
        raise ValueError(f"{kind}/{path.name}: a hostile one may need isolation, and nothing else")
    if not hostile:
        return Variant(path.stem, kind, said["title"], loses, None, path, base, may_lose=may_lose)
    keeps, earns = float(said["keeps"]), float(said["earns"])
    if not 0 <= keeps <= earns:
        raise ValueError(f"{kind}/{path.name}: keeps {keeps:g}, and may earn {earns:g} at the most")
    return Variant(path.stem, kind, said["title"], loses, earns, path, base, keeps, "needs" in said)


def variant_notebook(assignment: Path, variant: Variant) -> NotebookNode:
    """The assignment filled with a variant: its own cells over those of its base."""
    base: Cells = {}
    if variant.base == "reference":
        base = read_cells(variant.path.parents[2] / "solution.py")
    return fill(assignment, {**base, **read_cells(variant.path)})
