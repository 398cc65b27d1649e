"""What is said, in words: for tests that ask what a student reads."""

import importlib
import pkgutil
from functools import cache

import graders.core.sentences
import graders.sentences
import graders.sentences.shared
from graders.core.saying import Said, Says, tell
from graders.core.types import Finding, Refusal


@cache
def everything() -> dict[str, Says]:
    """The sentences of the core, of the vocabulary and of all notebooks in one table."""
    found: dict[str, Says] = dict(graders.core.sentences.SENTENCES)
    for module in pkgutil.iter_modules(graders.sentences.__path__):
        found |= importlib.import_module(f"graders.sentences.{module.name}").SENTENCES
    return found


def told(what: Finding | Refusal | Said | tuple[Said, ...] | None) -> str:
    """The words of a finding, of a refusal or of something said; "" for None."""
    if what is None:
        return ""
    if isinstance(what, Finding):
        what = what.all_said
    elif isinstance(what, Refusal):
        what = what.why
    return tell(everything(), what)
