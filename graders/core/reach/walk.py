"""The walk over live objects; see the package's docstring."""

import ast
import dataclasses
import enum
import functools
import hashlib
import re
import sys
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np

from graders.core.reach import syntax
from graders.core.reach.meaning import (
    LOCAL,
    Foreign,
    Place,
    our_class,
    our_function,
    our_module,
    parameters,
    static,
)
from graders.core.reach.syntax import WORDS


def digest(*parts: bytes) -> str:
    """16 hex digits over some bytes."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Reach:
    """What was reached.

    Args:
        points: digest of everything that counts.
        words: digest of what was left out because it is words for people (`syntax.WORDS`).
        definitions: functions and classes of ours by their names of today, for people and tests.
    """

    points: str
    words: str
    definitions: tuple[str, ...]


def reached(*roots: object, telling: tuple[object, ...] = ()) -> Reach:
    """Everything that is reached from some objects, in their order.

    Args:
        telling: functions that only make words: that they are called counts, not what they do.
    """
    walk = _Walk(telling)
    parts = [walk.value(root) for root in roots]
    parts += walk.definitions()
    words = digest(*(word.encode() for word in walk.words))
    return Reach(digest(*(p.encode() for p in parts)), words, tuple(walk.names))


class _Walk:
    """One visit. Texts of values hold the numbers of definitions, not their content."""

    def __init__(self, telling: tuple[object, ...] = ()) -> None:
        self._telling = {id(function) for function in telling}
        self.words: list[str] = []
        self.names: list[str] = []
        self._waiting: list[Callable[[], str]] = []
        self._numbers: dict[int, int] = {}
        self._kept: list[object] = []  # or another object would come to have the same id
        self._open: list[int] = []

    def definitions(self) -> Iterable[str]:
        """The texts of all definitions, in the order of their numbers; more turn up meanwhile."""
        while self._waiting:
            yield self._waiting.pop(0)()

    def _number(self, thing: object, name: str, text: Callable[[], str]) -> str:
        if id(thing) not in self._numbers:
            self._numbers[id(thing)] = len(self._numbers)
            self._kept.append(thing)
            self.names.append(name)
            self._waiting.append(text)
        return f"#{self._numbers[id(thing)]}"

    def value(self, thing: Any) -> str:
        """A live object as text."""
        if id(thing) in self._telling:
            return "<told>"
        match thing:
            case Foreign():
                return f"<{thing.name}>"
            case enum.Enum():
                return f"{self.value(type(thing))}.{thing.name}"
            case None | bool() | int() | float() | complex() | str() | bytes():
                return f"{type(thing).__name__}:{_plain(thing)!r}"
            case np.ndarray() | np.generic():
                return _numbers(np.asarray(thing)) if thing.dtype != object else self._array(thing)
            case types.FunctionType():
                return self._function(thing)
            case type():
                return self._class(thing)
            case types.ModuleType():
                return self._whole(thing) if our_module(thing) else f"<{thing.__name__}>"
        if id(thing) in self._open:
            return f"<{len(self._open) - self._open.index(id(thing))} up>"
        self._open.append(id(thing))
        try:
            return self._composed(thing)
        finally:
            self._open.pop()

    def _composed(self, thing: Any) -> str:
        match thing:
            case list() | tuple():
                return f"{type(thing).__name__}({','.join(map(self.value, thing))})"
            case set() | frozenset():
                alone = sorted(thing, key=lambda part: reached(part).points)
                return f"set({','.join(map(self.value, alone))})"
            case Mapping():
                pairs = (f"{self.value(k)}:{self.value(v)}" for k, v in thing.items())
                return f"map({','.join(pairs)})"
            case functools.partial():
                parts = (self.value(part) for part in (thing.func, thing.args))
                return f"partial({','.join(parts)},{self._named_values(thing.keywords)})"
            case types.BuiltinMethodType() if not isinstance(
                thing.__self__, (type(None), type, types.ModuleType)
            ):
                return f"method({self.value(thing.__self__)},{thing.__name__})"
            case types.MethodType():
                return f"method({self.value(thing.__self__)},{self.value(thing.__func__)})"
            case staticmethod() | classmethod():
                return f"{type(thing).__name__}({self.value(thing.__func__)})"
            case property():
                return f"property({self.value((thing.fget, thing.fset, thing.fdel))})"
            case re.Pattern():
                return f"pattern({thing.pattern!r},{thing.flags})"
            case PurePath():
                return "<a place>" if thing.is_absolute() else f"path:{thing.as_posix()}"
        if arguments := typing.get_args(thing):
            return f"type({_named(typing.get_origin(thing))},{self.value(arguments)})"
        if hasattr(thing, "__wrapped__"):
            return f"{_named(type(thing))}({self.value(thing.__wrapped__)})"
        if callable(thing) and hasattr(thing, "__name__"):
            return f"<{_named(thing)}>"
        return self._instance(thing)

    def _named_values(self, values: Mapping[str, Any]) -> str:
        """Values of parameters, fields or attributes, without those that are words."""
        told = []
        for name, value in values.items():
            if name in WORDS:
                self._left_out(value)
            told.append(f"{name}={'words' if name in WORDS else self.value(value)}")
        return ",".join(told)

    def _left_out(self, thing: Any) -> Any:
        """Note words; what stands in their place is known by its name alone."""
        self.words.append(thing if isinstance(thing, str) else reached(thing).points)
        return LOCAL

    def _instance(self, thing: Any) -> str:
        """What an object holds. Fields at their defaults do not show: one more changes nothing."""
        kind: Any = type(thing)
        if dataclasses.is_dataclass(thing):
            own = [f for f in dataclasses.fields(thing) if not _by_default(f, thing)]
            state = {f.name: getattr(thing, f.name) for f in own}
        else:
            slots = {n for k in kind.__mro__ for n in _slots(k)}
            state = {n: getattr(thing, n) for n in sorted(slots) if hasattr(thing, n)}
            state |= dict(sorted(getattr(thing, "__dict__", {}).items()))
        held = self._named_values(state)
        if not our_class(kind):
            return f"{_named(kind)}({held})"
        return f"{self._class(kind) if _behaves(kind) else 'record'}({held})"

    def _array(self, thing: Any) -> str:
        return f"objects{np.shape(thing)}({self.value(np.asarray(thing).ravel().tolist())})"

    def _whole(self, module: types.ModuleType) -> str:
        """A module that is handed about: anything in it may be meant."""
        return self._number(module, module.__name__, lambda: self.value(
            [v for n, v in sorted(vars(module).items()) if not n.startswith("__")]))  # fmt: skip

    def _function(self, function: types.FunctionType) -> str:
        if not our_function(function):
            wrapped = getattr(function, "__wrapped__", None)
            around = f",{self.value(wrapped)}" if wrapped is not None else ""
            return f"<{_named(function)}{around}>"
        name = f"{function.__globals__.get('__name__')}.{function.__code__.co_qualname}"
        return self._number(function, name, lambda: self._text_of(function))

    def _text_of(self, function: types.FunctionType) -> str:
        code, node = function.__code__, syntax.function_of(function.__code__)
        cells = {}
        for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
            try:
                cells[name] = cell.cell_contents
            except ValueError:  # not filled yet
                cells[name] = LOCAL
            if name in WORDS:
                cells[name] = self._left_out(cells[name])
        given = self._defaults(function)
        if node is None:  # made at run time: its instructions are all there is
            held = [c for c in code.co_consts if not isinstance(c, types.CodeType)]
            named = [function.__globals__.get(n, Foreign(n)) for n in code.co_names]
            return f"code:{code.co_code.hex()}{self.value([held, named, cells])}{given}"
        place = Place(function.__globals__, cells, syntax.nested_names(node)).within(node)
        return f"{self._signature(node, place)}{given}{self.source(node.body, place)}"

    def _defaults(self, function: types.FunctionType) -> str:
        """Of parameters, as they were computed."""
        names = function.__code__.co_varnames[: function.__code__.co_argcount]
        last = function.__defaults__ or ()
        given = dict(zip(names[len(names) - len(last) :], last, strict=True))
        return self._named_values({**given, **(function.__kwdefaults__ or {})})

    def _class(self, kind: type) -> str:
        if not our_class(kind):
            return f"<{_named(kind)}>"
        return self._number(kind, _named(kind), lambda: self._text_of_class(kind))

    def _text_of_class(self, kind: type) -> str:
        module = sys.modules[kind.__module__]
        nodes = syntax.source(getattr(module, "__file__", None) or "").classes
        node = nodes.get(kind.__qualname__)
        if node is None:
            made = {n: v for n, v in vars(kind).items() if isinstance(v, types.FunctionType)}
            return f"class{self.value([*kind.__bases__, made])}"
        return self.source(node, Place(vars(module), {}, syntax.nested_names(node)))

    # --- source ---

    def source(self, node: Any, place: Place) -> str:
        """A piece of source as text, with numbers and values in the places of names."""
        match node:
            case list():
                statements = node and all(isinstance(n, ast.stmt) for n in node)
                parts = syntax.counting(node) if statements else node
                return f"[{','.join(filter(None, (self.source(n, place) for n in parts)))}]"
            case ast.Import() | ast.ImportFrom():
                return ""
            case ast.Raise():
                silent = dataclasses.replace(place, silent=True)
                return f"Raise({self.source(node.exc, silent)},{self.source(node.cause, silent)})"
            case ast.Assert():
                return f"Assert({self.source(node.test, place)})"
            case ast.JoinedStr() | ast.Constant(value=str()) if place.silent:
                return "''"
            case ast.Name() | ast.Attribute():
                return self._reference(node, place)
            case ast.Call():
                return self._call(node, place)
            case ast.AnnAssign(target=ast.Name(id=name), value=None):
                return f"Field({name})" if place.scopes[-1].of_class and name not in WORDS else ""
            case ast.AnnAssign(target=ast.Name(id=name)) if (
                name in WORDS and place.scopes[-1].of_class
            ):
                return ""
            case ast.ClassDef():
                within = place.within(node)
                outer = (node.bases, node.keywords, node.decorator_list)
                told = ",".join(self.source(part, place) for part in outer)
                return f"Class({told},{self.source(node.body, within)})"
        if isinstance(node, syntax.FUNCTIONS):
            return self._nested(node, place)
        if isinstance(node, syntax.COMPREHENSIONS):
            return self._comprehension(node, place)
        if isinstance(node, ast.AST):
            told = ",".join(self.source(part, place) for _, part in syntax.fields(node))
            return f"{type(node).__name__}({told})"
        return repr(node)

    def _reference(self, node: ast.Name | ast.Attribute, place: Place) -> str:
        found = static(node, place)
        if found is not LOCAL:
            return self.value(found)
        if isinstance(node, ast.Name):
            return f"Name({place.plain.get(node.id, node.id)})"
        return f"{self.source(node.value, place)}.{node.attr}"

    def _call(self, node: ast.Call, place: Place) -> str:
        """A call without arguments that are words, by keyword or by their place."""
        names = parameters(static(node.func, place))
        told = [self.source(node.func, place)]
        for index, part in enumerate(node.args):
            told.append(self._argument(names[index : index + 1], part, place))
            if isinstance(part, ast.Starred):
                names = ()
        for keyword in node.keywords:
            named = (keyword.arg,) if keyword.arg else ()
            told.append(f"{keyword.arg}={self._argument(named, keyword.value, place)}")
        return f"Call({','.join(told)})"

    def _argument(self, named: tuple[str, ...], node: ast.expr, place: Place) -> str:
        if not set(named) & WORDS:
            return self.source(node, place)
        self.words.append(syntax.plain(node))
        return "words"

    def _signature(self, node: syntax.Function, place: Place) -> str:
        """Names and kinds of parameters: callers use them."""
        a = node.args
        groups = (a.posonlyargs, a.args, [a.vararg], a.kwonlyargs, [a.kwarg])
        return "|".join(" ".join(arg.arg for arg in group if arg) for group in groups)

    def _nested(self, node: syntax.Function, place: Place) -> str:
        within = place.within(node)
        decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
        around = [self.source(d, place) for d in decorators]
        around += [self.source(d, place) for d in (*node.args.defaults, *node.args.kw_defaults)]
        name = ""
        if not isinstance(node, ast.Lambda):
            name = place.plain.get(node.name, node.name)
        told = f"{self._signature(node, within)},{self.source(node.body, within)}"
        return f"Function({name},{','.join(around)},{told})"

    def _comprehension(self, node: syntax.Comprehension, place: Place) -> str:
        within = place.within(node)
        told = [type(node).__name__, self.source(node.generators[0].iter, place)]
        for index, generator in enumerate(node.generators):
            parts = [generator.target, *generator.ifs] + ([generator.iter] if index else [])
            told += [self.source(part, within) for part in parts]
        made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        return f"({','.join(told + [self.source(part, within) for part in made])})"


def _by_default(own: "dataclasses.Field[Any]", thing: Any) -> bool:
    """Whether a field holds what it holds if nothing is said."""
    value = getattr(thing, own.name)
    if own.default_factory is not dataclasses.MISSING:
        return type(value) in (tuple, list, dict) and not value
    if own.default is dataclasses.MISSING or type(value) is not type(own.default):
        return False
    simple = value is None or isinstance(value, (bool, int, float, str, tuple))
    return value is own.default or (simple and bool(value == own.default))


@functools.cache
def _behaves(kind: Any) -> bool:
    """Whether a class has functions or properties of its own, beside those that are generated."""
    own = (v.fget if isinstance(v, property) else v for v in vars(kind).values())
    plain = [getattr(v, "__func__", v) for v in own]
    written = [v for v in plain if isinstance(v, types.FunctionType) and our_function(v)]
    return any(syntax.function_of(v.__code__) is not None for v in written)


def _slots(kind: type) -> tuple[str, ...]:
    found = vars(kind).get("__slots__", ())
    return (found,) if isinstance(found, str) else tuple(found)


def _plain(thing: Any) -> Any:
    """Subclasses of numbers and strings show as what they are."""
    kinds: tuple[Any, ...] = (bool, int, float, complex, bytes)
    for kind in kinds:
        if isinstance(thing, kind):
            return kind(thing)
    return str.__str__(thing) if isinstance(thing, str) else thing


def _numbers(array: Any) -> str:
    plain = np.ascontiguousarray(array)
    return f"array({plain.dtype.str},{np.shape(array)},{digest(plain.tobytes())})"


def _named(thing: Any) -> str:
    """The qualified name of something of others."""
    module = getattr(thing, "__module__", None) or type(thing).__module__
    name = getattr(thing, "__qualname__", None) or getattr(thing, "__name__", "")
    return f"{module}.{name}"
