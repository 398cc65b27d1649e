"""Python source as it counts: where a definition stands in its file, what it binds, its plain form.

Names of words, docstrings, comments, annotations, and the messages of exceptions do not count.
Every file is parsed once per process.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import CodeType

# Parameters and fields that hold words for people: nothing is decided by them.
WORDS = frozenset({"asks", "title", "note", "unit", "sentences"})

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
NAMED = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*FUNCTIONS, *COMPREHENSIONS, ast.ClassDef)

# What is no part of the meaning of a node.
_APART = frozenset({"ctx", "annotation", "returns", "type_comment", "kind", "type_params"})


@dataclass(frozen=True)
class Source:
    """The definitions of a file.

    Args:
        functions: (first line, decorators included; name) → the nodes that begin there.
        classes: qualified name → node.
    """

    functions: dict[tuple[int, str], list[Function]] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)


@cache
def source(file: str) -> Source:
    """What a file defines; nothing where there is no such file, or it is no Python."""
    found = Source()
    try:
        tree = ast.parse(Path(file).read_text("utf-8"))
    except (OSError, ValueError, SyntaxError):
        return found
    _index(tree, "", found)
    return found


def _index(node: ast.AST, prefix: str, found: Source) -> None:
    for child in ast.iter_child_nodes(node):
        inner = prefix
        if isinstance(child, FUNCTIONS):
            name = child.name if isinstance(child, NAMED) else "<lambda>"
            decorators = child.decorator_list if isinstance(child, NAMED) else []
            line = min([child.lineno, *(d.lineno for d in decorators)])
            found.functions.setdefault((line, name), []).append(child)
            inner = f"{prefix}{name}.<locals>."
        elif isinstance(child, ast.ClassDef):
            found.classes[f"{prefix}{child.name}"] = child
            inner = f"{prefix}{child.name}."
        _index(child, inner, found)


def function_of(code: CodeType) -> Function | None:
    """The node that was compiled to `code`; None where there is no source."""
    nodes = source(code.co_filename).functions.get((code.co_firstlineno, code.co_name), [])
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    # Several lambdas of one line: the innermost whose body holds everything that was compiled.
    fitting = [node for node in nodes if _holds(node, code)]
    return max(fitting, key=lambda n: (n.lineno, n.col_offset), default=None)


def _holds(node: Function, code: CodeType) -> bool:
    body = node.body if isinstance(node, ast.Lambda) else node
    begin, end = (body.lineno, body.col_offset), (body.end_lineno or 0, body.end_col_offset or 0)
    for line, last, column, final in code.co_positions():
        if None in (line, last, column, final) or (line == last and column == final):
            continue  # the prologue has no place of its own
        if not (begin <= (line or 0, column or 0) and (last or 0, final or 0) <= end):
            return False
    return True


def arguments(node: Function) -> list[ast.arg]:
    """All parameters, in the order of the signature."""
    a = node.args
    rest = [x for x in (a.vararg, a.kwarg) if x is not None]
    return [*a.posonlyargs, *a.args, *a.kwonlyargs, *rest]


def bound(node: ast.AST) -> set[str]:
    """Names that a function, lambda, class or comprehension binds in its own scope."""
    found: set[str] = set()
    elsewhere: set[str] = set()
    if isinstance(node, FUNCTIONS):
        found |= {a.arg for a in arguments(node)}
    if isinstance(node, COMPREHENSIONS):
        for generator in node.generators:
            found |= {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
        return found
    for part in _own(node):
        match part:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.ClassDef(name=name):
                found.add(name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchMapping(rest=str(name)):
                found.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found.add(name)
            case ast.Import() | ast.ImportFrom():
                found |= {(a.asname or a.name).split(".")[0] for a in part.names}
            case ast.Global() | ast.Nonlocal():
                elsewhere |= set(part.names)
    return found - elsewhere


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of scopes within it."""
    body = getattr(node, "body", [])
    waiting = list(body) if isinstance(body, list) else [body]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, COMPREHENSIONS):  # `:=` in one binds around it
            yield from (n.target for n in ast.walk(part) if isinstance(n, ast.NamedExpr))
        elif not isinstance(part, _SCOPES):
            waiting += ast.iter_child_nodes(part)


def imports(node: ast.AST) -> list[ast.Import | ast.ImportFrom]:
    """The imports of a scope itself."""
    return [n for n in _own(node) if isinstance(n, (ast.Import, ast.ImportFrom))]


def nested_names(node: ast.AST) -> dict[str, str]:
    """Functions that are defined within a definition, by names that do not matter."""
    found: dict[str, str] = {}
    classes = [n for n in ast.walk(node) if isinstance(n, ast.ClassDef)]
    methods = {id(part) for c in classes for part in c.body}  # found by their names: these count
    inner = (n for n in ast.walk(node) if isinstance(n, NAMED) and n is not node)
    for part in inner:
        if id(part) not in methods:
            found.setdefault(part.name, f"<{len(found)}>")
    taken = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    return {name: plain for name, plain in found.items() if name not in taken}


def counting(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements that do something: no docstring, and no text that stands for a comment."""
    return [
        s
        for s in body
        if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) and _text(s.value))
    ]


def _text(node: ast.Constant) -> bool:
    return isinstance(node.value, (str, bytes))


def fields(node: ast.AST) -> Iterator[tuple[str, object]]:
    """The parts of a node that have a meaning."""
    for name in node._fields:
        if name not in _APART:
            yield name, getattr(node, name, None)


def normalised(text: str) -> str:
    """Python source without what does not count, or the text itself where it is no Python.

    Names stay: it is code that runs elsewhere, in a kernel.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return text.strip()
    return plain(tree)


def plain(node: object, *, words: bool = True) -> str:
    """A tree as text, without places, docstrings, annotations and messages of exceptions.

    Args:
        words: strings count.
    """
    match node:
        case list():
            statements = all(isinstance(n, ast.stmt) for n in node)
            parts = counting(node) if statements else node
            return f"[{','.join(plain(n, words=words) for n in parts)}]"
        case ast.Raise():
            return f"Raise({plain(node.exc, words=False)},{plain(node.cause, words=False)})"
        case ast.Assert():
            return f"Assert({plain(node.test, words=words)})"
        case ast.JoinedStr() | ast.Constant(value=str()) if not words:
            return "''"
        case ast.AST():
            told = (f"{name}={plain(part, words=words)}" for name, part in fields(node))
            return f"{type(node).__name__}({','.join(told)})"
    return repr(node)
