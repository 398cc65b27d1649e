"""What one cell's code defines, read without running it and whatever it looks like.

61 of 381 real notebooks have cells that do not parse and nearly all have magics, so each cell is
read by itself: as Python, then with magics and shell lines blanked out, then by pattern.
"""

import ast
import re
import threading
import warnings
from collections.abc import Iterator
from functools import cached_property

_MAX_PARSED = 200_000  # characters; longer cells hold data, not answers
_LINE_MAGIC = re.compile(r"[ \t]*(?:%[A-Za-z%]|!|\?)|[ \t]*[\w, .]{1,80}=[ \t]*(?:![^=]|%[A-Za-z])")
_CAPTURED = re.compile(r"[ \t]*([A-Za-z_]\w{0,80})[ \t]*=[ \t]*[!%]")
_HELP = re.compile(r"[ \t]*[\w.\[\]'\"*]{1,200}\?{1,2}[ \t]*(?:#.*)?\Z")
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_PYTHON_CELL_MAGICS = frozenset({"time", "capture", "prun", "memit"})

_DEF = re.compile(r"^(?:async[ \t]+)?def[ \t]+(\w{1,200})[ \t]*\(", re.MULTILINE)
_ASSIGN = re.compile(r"^[ \t]*(\w{1,200})[ \t]*=(?!=)", re.MULTILINE)
_LOOP = re.compile(r"^[ \t]*(?:for|while)\b", re.MULTILINE)
_STUB_LINE = re.compile(r"(?:raise[ \t]+NotImplementedError\b.*|pass|\.\.\.)\Z")

# `catch_warnings` swaps a global list: without the lock two threads could leave it swapped.
_parsing = threading.Lock()


class Code:
    """One cell's source and what can be said of it; every property is worked out once."""

    def __init__(self, source: str) -> None:
        self.source = source

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree, magics blanked out if need be; None where there is none."""
        magic = _CELL_MAGIC.match(self.source)
        if magic and magic[1] not in _PYTHON_CELL_MAGICS:
            return ast.Module(body=[], type_ignores=[])
        tree = _parsed(self.source)
        return tree if tree is not None else _parsed(without_magics(self.source))

    @cached_property
    def functions(self) -> frozenset[str]:
        """Functions and classes defined at top level, stubs with an empty body left out."""
        if self.tree is None:
            return frozenset(_DEF.findall(self.source))
        return frozenset(
            node.name
            for node in _statements(self.tree)
            if isinstance(node, _DEFINITIONS) and not _hollow(node.body)
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """Everything bound at top level: functions, imports and loop variables included."""
        if self.tree is None:
            return self.functions | frozenset(_ASSIGN.findall(self.source))
        return self.functions | frozenset(_bound(self.tree))

    @cached_property
    def loops(self) -> bool:
        """Whether there is a loop at top level, as every training cell has."""
        if self.tree is None:
            return bool(_LOOP.search(self.source))
        return any(isinstance(n, (ast.For, ast.While)) for n in _statements(self.tree))

    @cached_property
    def essence(self) -> str:
        """What remains when comments, docstrings, `pass`, the stub's raise, and functions that
        hold nothing else are taken away.

        Two cells with one essence hold the same answer: the stub text itself proves nothing,
        for it stays in 251 of 354 solved notebooks.
        """
        if self.tree is not None and self.tree.body:
            try:
                return "\n".join(_bones(self.tree.body, 0))
            except RecursionError:
                pass
        lines = (line.strip() for line in self.source.splitlines())
        kept = (x for x in lines if x and not x.startswith("#") and not _STUB_LINE.match(x))
        return "\n".join(" ".join(x.split()) for x in kept)

    @cached_property
    def stub_line_left(self) -> bool:
        """Whether a `raise NotImplementedError` still stands where the code can reach it."""
        if self.tree is None:
            return False
        for block in _blocks(self.tree):
            for statement in block:
                if _raises_stub(statement):
                    return True
                if isinstance(statement, (ast.Return, ast.Raise, ast.Continue, ast.Break)):
                    break
        return False

    @cached_property
    def asks_for_input(self) -> bool:
        """Whether `input(...)` is called anywhere in the cell."""
        if self.tree is None or "input" not in self.source:
            return False
        return any(
            isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "input"
            for n in ast.walk(self.tree)
        )


def without_magics(source: str) -> str:
    """The source with magics, shell lines and `name?` replaced by Python that binds the same."""
    lines = source.split("\n")
    continued = False
    for i, line in enumerate(lines):
        if continued:
            lines[i] = ""
        elif _LINE_MAGIC.match(line) or (line.endswith("?") and _HELP.match(line)):
            indent = line[: len(line) - len(line.lstrip())]
            captured = _CAPTURED.match(line)
            lines[i] = f"{indent}{captured[1]} = None" if captured else f"{indent}pass"
        else:
            continue
        continued = line.endswith("\\")
    return "\n".join(lines)


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


def _parsed(source: str) -> ast.Module | None:
    if len(source) > _MAX_PARSED:
        return None
    try:
        with _parsing, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in a student's string is no concern of ours
            return ast.parse(source)
    # Depth beyond reason: CPython's parser says MemoryError, RecursionError or SystemError.
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return None


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """All statements that run when the cell does: bodies of functions and classes left out."""
    todo: list[ast.AST] = [*reversed(tree.body)]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, _DEFINITIONS):
            for name in _BODIES:
                todo.extend(reversed(getattr(node, name, ())))


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        for name in _BODIES:
            block = getattr(node, name, None)
            if isinstance(block, list):
                if name in ("body", "orelse", "finalbody"):
                    yield block
                todo.extend(block)


def _bound(tree: ast.Module) -> Iterator[str]:
    hidden = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    todo: list[ast.AST] = [*tree.body]
    while todo:
        node = todo.pop()
        if isinstance(node, _DEFINITIONS):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
        if not isinstance(node, hidden):
            todo.extend(ast.iter_child_nodes(node))


def _raises_stub(statement: ast.AST) -> bool:
    if not isinstance(statement, ast.Raise):
        return False
    raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def _empty(statement: ast.stmt) -> bool:
    """A docstring, `...`, `pass` or the stub's raise."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return True
    return isinstance(statement, ast.Pass) or _raises_stub(statement)


def _hollow(body: list[ast.stmt]) -> bool:
    return all(_empty(statement) for statement in body)


def _bones(body: list[ast.stmt], depth: int) -> Iterator[str]:
    """Statements without positions, empty ones left out, blocks indented by a number."""
    for statement in body:
        if _empty(statement) or (isinstance(statement, _DEFINITIONS) and _hollow(statement.body)):
            continue
        blocks: list[list[ast.stmt]] = []
        head: list[str] = []
        for name, value in ast.iter_fields(statement):
            if name in ("body", "orelse", "finalbody") and isinstance(value, list):
                blocks.append(value)
            elif isinstance(value, list):
                head.extend(ast.dump(v) if isinstance(v, ast.AST) else repr(v) for v in value)
            else:
                head.append(ast.dump(value) if isinstance(value, ast.AST) else repr(value))
        yield f"{depth} {type(statement).__name__} {' '.join(head)}"
        for block in blocks:
            yield from _bones(block, depth + 1)
