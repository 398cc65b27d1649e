"""From captions to numbers: words, a vocabulary, indices.

Texts go to the student's functions as one text each, which `ask` takes apart; what they return
comes back as JSON, which the host reads with care. Sources named in capitals run in the student's
kernel and hold no secret. None of the judges raises whatever the answers hold.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from graders.checks import compare
from graders.checks.observe import AMONG
from graders.core.rubric import Check
from graders.core.saying import Said, said
from graders.core.types import Finding, Items, Refusal

PAD, UNK, START, END = SPECIAL = ("#PAD#", "#UNK#", "#START#", "#END#")

_READ = f"""
import json

{AMONG}

def by_image(captions):
    return [image.split("\\n") for image in captions.split("\\n\\n")]


def backwards(sentence):
    return sentence.lower().split(" ")[::-1]
"""

SPLIT = f"""
{_READ}

def ask(function, sentences):
    found = [function(sentence) for sentence in sentences.split("\\n")]
    return json.dumps([[str(word) for word in words] for words in found])
"""


def ask_vocabulary(*, made_up: bool) -> str:
    """Source that asks for a vocabulary, and looks whether the captions are still the same.

    Args:
        made_up: with a splitting of sentences that we made up, instead of the student's.
    """
    which = "among(function, split_sentence=backwards)" if made_up else "function"
    return f"""
{_READ}

def ask(function, captions):
    given = by_image(captions)
    found = {which}(given)
    pairs = [[str(word), float(index)] for word, index in found.items()]
    return json.dumps([pairs, given == by_image(captions)])
"""


def ask_indices(*, made_up: bool) -> str:
    """Source that asks for the indices of captions, with a vocabulary of ours."""
    which = "among(function, split_sentence=backwards)" if made_up else "function"
    return f"""
{_READ}

def ask(function, captions, words):
    given, vocab = by_image(captions), {{w: k for k, w in enumerate(words.split("\\n"))}}
    size = len(vocab)
    found = {which}(given, vocab)
    numbers = [[[float(k) for k in caption] for caption in image] for image in found]
    same = given == by_image(captions) and len(vocab) == size
    return json.dumps([numbers, same])
"""


_SMALL = 1 << 20  # characters of JSON that are read


def texts(value: Any) -> str:
    """A text of the course's data, whatever it lies in: a text, an array of one, or its bytes."""
    array = np.asarray(value)
    if array.dtype.kind == "u":
        return array.tobytes().decode("utf-8", errors="replace")
    return str(array) if array.ndim == 0 else "\n".join(map(str, array.ravel()))


def text_of(items: Items | Refusal) -> str | Refusal:
    """The single text that one case brought."""
    if isinstance(items, Refusal):
        return items
    (item, *others) = items
    if isinstance(item, Refusal):
        return item
    if others or not isinstance(item, str):
        return Refusal(said("numbers-for-text"))
    return item


def read(items: Items | Refusal) -> Any | Refusal:
    """What one case's JSON says."""
    text = text_of(items)
    if isinstance(text, Refusal):
        return text
    try:
        return json.loads(text[:_SMALL])
    except (ValueError, RecursionError):
        return Refusal(said("returned-unreadable"))


# --- words ---------------------------------------------------------------------------------------


def words_of_sentences(id: str, *, points: float, evidence: str, asks: str) -> Check:
    """A rubric line: the words of sentences, as the reference finds them (`SPLIT`)."""

    def problem(found: Any, right: Any, _: Mapping[str, Any]) -> Said | None:
        if found == right:
            return None
        flat = [[str(w) for w in ws] if isinstance(ws, list) else [] for ws in _list(found)]
        if [[w.lower() for w in ws] for ws in flat] == right:
            return said("not-lower-case")
        if [[w for w in ws if w] for ws in flat] == right:
            return said("empty-words")
        if [sorted(ws) for ws in flat] == [sorted(ws) for ws in right]:
            return said("words-out-of-order")
        return said("other-words")

    return _by_json(id, points, asks, (evidence,), problem)


def vocabulary(id: str, *, points: float, evidence: Sequence[str], asks: str) -> Check:
    """A rubric line: a dict of the right words, whose indices are 0, 1, 2 … in any order.

    Args:
        evidence: as it is (`ask_vocabulary`), and with made-up splitting: the better one counts.
    """

    def problem(found: Any, right: Any, _: Mapping[str, Any]) -> Said | None:
        pairs, same = _pair(found)
        named = [p for p in _list(pairs) if isinstance(p, list) and len(p) == 2]
        words = [str(word) for word, _ in named]
        wanted = {str(word) for word, _ in right[0]}
        if len(named) != len(_list(pairs)) or not named:
            return said("no-dict-of-words")
        if missing := [w for w in SPECIAL if w not in words]:
            return said("mark-missing", mark=missing[0])
        if wanted - set(words):
            return said("frequent-words-missing")
        if set(words) - wanted:
            return said("unwanted-words")
        if sorted(_number(k) for _, k in named) != list(range(len(named))):
            return said("indices-not-in-a-row")
        return None if same else said("alters-the-captions")

    return _by_json(id, points, asks, evidence, problem)


def indices(id: str, *, points: float, evidence: Sequence[str], asks: str) -> Check:
    """A rubric line: indices of captions between START and END, in a vocabulary of ours."""

    def problem(found: Any, right: Any, case: Mapping[str, Any]) -> Said | None:
        numbers, same = _pair(found)
        wanted = right[0]
        if numbers != wanted:
            return _indices_problem(numbers, wanted, texts(case["words"]).split("\n"))
        return None if same else said("alters-what-was-lent")

    return _by_json(id, points, asks, evidence, problem)


def _indices_problem(found: Any, wanted: Any, words: list[str]) -> Said:
    start, end, unknown = (float(words.index(w)) for w in (START, END, UNK))
    mine = [[c if isinstance(c, list) else [] for c in _list(image)] for image in _list(found)]
    if [len(image) for image in mine] != [len(image) for image in wanted]:
        return said("other-number-of-captions")
    pairs = [(m, w) for a, b in zip(mine, wanted, strict=True) for m, w in zip(a, b, strict=True)]
    if any(m[:1] != [start] for m, _ in pairs):
        return said("begins-without-start")
    if any(m[-1:] != [end] for m, _ in pairs):
        return said("ends-without-end")
    if all(m == [k for k in w if k != unknown] for m, w in pairs):
        return said("unknown-words-left-out")
    return said("other-indices")


def _by_json(
    id: str,
    points: float,
    asks: str,
    evidence: Sequence[str],
    problem: Callable[[Any, Any, Mapping[str, Any]], Said | None],
) -> Check:
    """A check of JSON answers against the reference's; of several ways to ask the best counts."""
    first, *others = evidence
    needs = [first, f"{first}_key", f"{first}_cases"]
    for name in others:
        needs += [f"{name}_if_any", f"{name}_key", f"{name}_cases"]

    def judge(*given: Any) -> Finding:
        found = []
        for k in range(0, len(given), 3):
            answers, key, cases = given[k : k + 3]
            if answers:
                trios = zip(answers, key, cases, strict=True)
                found.append(compare.judged([_by_key(a, r, c, problem) for a, r, c in trios]))
        return max(found, key=lambda f: f.credit)

    return Check(id, points, asks, tuple(needs), judge)


def _by_key(
    answer: Items | Refusal,
    key: Items | Refusal,
    case: Mapping[str, Any],
    problem: Callable[[Any, Any, Mapping[str, Any]], Said | None],
) -> Said | None:
    right, found = read(key), read(answer)
    if isinstance(right, Refusal):
        raise TypeError(f"the reference gave nothing: {right.why.code}")
    return found.why if isinstance(found, Refusal) else problem(found, right, case)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _pair(value: Any) -> tuple[Any, bool]:
    ok = isinstance(value, list) and len(value) == 2
    return (value[0], value[1] is True) if ok else (None, False)


def _number(value: Any) -> float:
    ok = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if ok and abs(value) < 1e9 else -1.0
