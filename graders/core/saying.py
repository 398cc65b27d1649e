"""What is said about an answer: codes with facts from judges, sentences from tables.

A judge measures and names; it never speaks. `said("step-length", step=3, ratio=1.5)` is a code and
what was measured. A table, one for the vocabulary and one a notebook (graders/sentences/), turns it
into the sentence that a student reads; so a sentence is reworded, translated and tested in one
place, and a grade that is stored can be told in new words without judging it again.

    SENTENCES = {
        "step-length": says(
            "Step {step} is {ratio:.2f} times as long as it should be.",
            holds=lambda ratio: ratio != 1,
        ),
    }
"""

import inspect
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Said:
    """A code and the facts that its sentence is made of; equal ones are the same finding.

    Args:
        code: kebab-case, a key of a table of sentences.
        facts: (name, fact) in the order of their names. A fact is a number, a short text (a name,
            never a sentence), something said itself, or a tuple of these.
    """

    code: str
    facts: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self) -> None:
        """Nothing here; tests look at everything that is said."""


def said(code: str, /, **facts: Any) -> Said:
    """Name a finding, with what was measured of it.

    Raises:
        TypeError: a fact is neither a number, a text, something said, nor a tuple of these.
    """
    return Said(code, tuple((name, _fact(facts[name])) for name in sorted(facts)))


def _fact(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (list, tuple)):
        return tuple(map(_fact, value))
    if value is None or isinstance(value, (bool, int, float, str, Said)):
        return str(value) if isinstance(value, str) else value  # no enums: JSON gives texts back
    raise TypeError(f"{type(value).__name__} is no fact that a sentence could be made of")


@dataclass(frozen=True, slots=True)
class Says:
    """How a code is told: a template, or a function of its facts, and when the sentence is true.

    Args:
        text: `str.format` template over the facts, or a function whose parameters they are.
            Things said come as their words. `{why!c}` begins with a capital, `{why!p}` ends with a
            full stop where it has none, `{names!l}` is joined by commas.
        holds: of the facts that its parameters name, whether the sentence follows from them. A
            sentence that claims a direction, a count or a cause has one.
    """

    text: str | Callable[..., str]
    holds: Callable[..., bool] | None = None

    @property
    def needs(self) -> frozenset[str]:
        """Names of the facts that the sentence is made of, or that it is checked by."""
        if isinstance(self.text, str):
            named = {_first(name) for _, name, _, _ in string.Formatter().parse(self.text) if name}
        else:
            named = set(inspect.signature(self.text).parameters)
        checked = inspect.signature(self.holds).parameters if self.holds else ()
        return frozenset(named.union(checked))


says = Says
Sentences = Mapping[str, Says]

_SHARED: dict[str, Says] = {}


def shared(table: Sentences) -> Sentences:
    """Let every rubric speak by a table: the core's own and the vocabulary's are known to all.

    Raises:
        ValueError: another shared table has one of the codes.
    """
    if twice := {code for code in table if _SHARED.get(code, table[code]) is not table[code]}:
        raise ValueError(f"two shared tables have sentences for {sorted(twice)}")
    _SHARED.update(table)
    return table


def everybodys() -> Sentences:
    """The shared sentences, of all tables that were imported."""
    return dict(_SHARED)


def _found(sentences: Sentences, code: str) -> Says:
    """Of the notebook's own table, else of the shared ones."""
    found = sentences.get(code) or _SHARED.get(code)
    if found is None:
        raise KeyError(f"there is no sentence for {code!r}")
    return found


def _first(name: str) -> str:
    return name.split(".")[0].split("[")[0]


def tell(sentences: Sentences, what: Said | Iterable[Said]) -> str:
    """The words for what was said; several sentences with a space between them.

    Raises:
        KeyError: no table has a sentence for a code, or a fact is missing.
    """
    if not isinstance(what, Said):
        return " ".join(tell(sentences, one) for one in what)
    text = _found(sentences, what.code).text
    facts = {name: _spoken(sentences, fact) for name, fact in what.facts}
    if isinstance(text, str):
        return _FORMATTER.vformat(text, (), facts)
    wanted = _parameters(text)
    return text(**{name: fact for name, fact in facts.items() if name in wanted})


def follows(sentences: Sentences, what: Said) -> bool:
    """Whether a sentence, and everything it is made of, is true of its own facts."""
    holds = _found(sentences, what.code).holds
    inner = all(follows(sentences, one) for _, fact in what.facts for one in _within(fact))
    if holds is None:
        return inner
    facts = dict(what.facts)
    return inner and bool(holds(**{name: facts[name] for name in _parameters(holds)}))


def _within(fact: Any) -> Iterable[Said]:
    if isinstance(fact, Said):
        yield fact
    elif isinstance(fact, tuple):
        for one in fact:
            yield from _within(one)


def _spoken(sentences: Sentences, fact: Any) -> Any:
    if isinstance(fact, Said):
        return tell(sentences, fact)
    return tuple(_spoken(sentences, one) for one in fact) if isinstance(fact, tuple) else fact


def spoken(sentences: Sentences, thing: Any) -> Any:
    """The same thing with everything said in words: a figure, say, whose title is a code."""
    if isinstance(thing, Said):
        return tell(sentences, thing)
    if isinstance(thing, tuple):
        return tuple(spoken(sentences, one) for one in thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        found = {f.name: spoken(sentences, getattr(thing, f.name)) for f in fields(thing)}
        return replace(thing, **found)
    return thing


@cache
def _parameters(function: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)


def capital(text: str) -> str:
    """The same with its first letter a capital; nothing else changes."""
    return f"{text[:1].upper()}{text[1:]}"


def stopped(text: str) -> str:
    """The same, ended by a full stop unless it ends like a sentence."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


class _Formatter(string.Formatter):
    """`str.format` without attributes or indices, with the conversions of `Says`."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        return kwargs[field_name], field_name

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if conversion == "c":
            return capital(str(value))
        if conversion == "p":
            return stopped(str(value))
        if conversion == "l":
            return ", ".join(map(str, value))
        return super().convert_field(value, conversion)


_FORMATTER = _Formatter()


# --- as plain data, for grade.json --------------------------------------------------------------


def plain(what: Any) -> Any:
    """Something said as JSON holds it: `{"code": …, "facts": {…}}`; NaN and infinities as texts."""
    if isinstance(what, Said):
        return {"code": what.code, "facts": {name: plain(fact) for name, fact in what.facts}}
    if isinstance(what, tuple):
        return [plain(one) for one in what]
    if isinstance(what, float) and not np.isfinite(what):
        return {"float": str(what)}
    return what


def from_plain(stored: Any) -> Any:
    """The reverse of `plain`.

    Raises:
        ValueError, TypeError, KeyError: it is nothing that `plain` gives.
    """
    if isinstance(stored, Mapping):
        if set(stored) == {"float"}:
            return float(stored["float"])
        return said(stored["code"], **{k: from_plain(v) for k, v in stored["facts"].items()})
    return tuple(map(from_plain, stored)) if isinstance(stored, list) else stored
