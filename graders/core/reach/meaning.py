"""What a name in a piece of source stands for, as far as that is known without running it."""

import ast
import functools
import importlib
import importlib.util
import inspect
import sys
import sysconfig
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from graders.core.reach import syntax

_PACKAGE = __name__.split(".")[0]
_LIBRARY = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib")})


@functools.cache
def _ours(module: str, file: str) -> bool:
    """Whether a module is code of ours: of this package, or in no place for packages of others."""
    if module.split(".")[0] == _PACKAGE:
        return True
    path = Path(file)
    if not path.is_file() or {"site-packages", "dist-packages"} & set(path.parts):
        return False
    return not any(path.is_relative_to(place) for place in _LIBRARY)


def our_module(module: types.ModuleType) -> bool:
    return _ours(module.__name__, getattr(module, "__file__", None) or "")


def our_function(function: types.FunctionType) -> bool:
    module, file = str(function.__globals__.get("__name__", "")), function.__code__.co_filename
    if file.startswith("<") and not file.startswith("<frozen"):  # made at run time, by whom?
        file = getattr(sys.modules.get(module), "__file__", None) or __file__
    return _ours(module, file)


def our_class(kind: type) -> bool:
    module = sys.modules.get(kind.__module__)
    return module is not None and our_module(module)


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something of others, or a module of theirs, by its qualified name."""

    name: str


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a function, class or comprehension binds; `known`: by its own imports."""

    names: frozenset[str]
    known: Mapping[str, Any]
    of_class: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece of source stands: what its names mean there.

    Args:
        space: the globals.
        cells: free variables by name.
        plain: names of nested functions, which do not count.
        scopes: outermost first.
        silent: inside of `raise`: strings are words.
    """

    space: Mapping[str, Any]
    cells: Mapping[str, Any]
    plain: Mapping[str, str]
    scopes: tuple[_Scope, ...] = ()
    silent: bool = False

    def within(self, node: ast.AST) -> "Place":
        """Inside of a function, class or comprehension."""
        known: dict[str, Any] = {}
        for statement in syntax.imports(node):
            known |= _imported(statement, self.space)
        scope = _Scope(frozenset(syntax.bound(node)), known, isinstance(node, ast.ClassDef))
        return replace(self, scopes=(*self.scopes, scope))

    def meaning(self, name: str) -> Any:
        """What a name stands for, if that is known without running anything; else `LOCAL`."""
        for depth, scope in enumerate(reversed(self.scopes)):
            if name in scope.names and (depth == 0 or not scope.of_class):
                return scope.known.get(name, LOCAL)
        if name in self.cells:
            return self.cells[name]
        if name in self.space and name not in _OF_MODULES:
            return self.space[name]
        return Foreign(name)  # one of Python's own


# Where code lies and what it is called does not count, not even where it asks for that.
_OF_MODULES = ("__name__", "__file__", "__package__", "__doc__", "__spec__", "__path__")

LOCAL = object()
_ABSENT = object()


def _imported(node: ast.Import | ast.ImportFrom, space: Mapping[str, Any]) -> dict[str, Any]:
    """What an import inside of a function binds. Only modules of ours are imported for it."""
    found: dict[str, Any] = {}
    for alias in node.names:
        if isinstance(node, ast.Import):
            name = alias.name if alias.asname else alias.name.split(".")[0]
            found[alias.asname or name] = _module(name)
            continue
        package = str(space.get("__package__") or "")
        near = "." * node.level + (node.module or "")
        name = importlib.util.resolve_name(near, package) if node.level else near
        found[alias.asname or alias.name] = _attribute(_module(name), alias.name)
    return found


def _module(name: str) -> Any:
    """A module of ours, or the name of another's; nothing is imported to find out which."""
    found = sys.modules.get(name)
    if found is None:
        top = sys.modules.get(name.split(".")[0])
        if top is None or not our_module(top):
            return Foreign(name)
        found = importlib.import_module(name)
    return found if our_module(found) else Foreign(name)


def _attribute(of: Any, name: str) -> Any:
    """A module's attribute; `LOCAL` where `of` is no module, so that only a run would tell."""
    if isinstance(of, types.ModuleType):
        if not our_module(of):
            return Foreign(f"{of.__name__}.{name}")
        found = getattr(of, name, _ABSENT)
        return _module(f"{of.__name__}.{name}") if found is _ABSENT else found
    return Foreign(f"{of.name}.{name}") if isinstance(of, Foreign) else LOCAL


def static(node: ast.AST, place: Place) -> Any:
    """What a name, or a chain of attributes of modules, stands for; `LOCAL` if a run decides."""
    if isinstance(node, ast.Name):
        found = place.meaning(node.id)
        if isinstance(found, types.ModuleType) and not our_module(found):
            return Foreign(found.__name__)
        return found
    if isinstance(node, ast.Attribute):
        return _attribute(static(node.value, place), node.attr)
    return LOCAL


@functools.cache
def _signature(function: Callable[..., Any]) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return ()


def parameters(function: Any) -> tuple[str, ...]:
    """Names of what a function or class of ours takes, where it is known."""
    ours = (isinstance(function, types.FunctionType) and our_function(function)) or (
        isinstance(function, type) and our_class(function)
    )
    return _signature(function) if ours else ()
