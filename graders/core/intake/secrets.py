"""Addresses and tokens that students left in their notebooks: masked before anything keeps them.

Two of three real notebooks hold one, some as literals inside calls (`submit("a@b.com", "AbC…")`).
In code only the insides of string literals, comments, magics and shell lines are touched, so that
`X@w.T` and decorators stay what they are and a masked cell still parses.

The finders look at the whole text; `_regions` then decides where a find may be replaced. Every
pattern is bounded and anchored so that 2 MB of hostile text cost milliseconds, not hours.
"""

import bisect
import re
from collections.abc import Iterator

ADDRESS = "someone@masked.invalid"
TOKEN = "MASKED"

Span = tuple[int, int, str]  # start, end, what stands there afterwards

_LOCAL = re.compile(r"[\w.%+\-]{1,64}\Z")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w\-]{0,62})\.){1,8}([A-Za-z]{2,24})(?![\w\-(\[])")
# `X@w.dot` in a traceback has the form of an address; these endings are array attributes.
_ATTRIBUTES = re.compile(
    r"(?i)(?:all|any|arg(?:max|min|sort)|astype|clip|conj|copy|cpu|cuda|cumsum|data|detach|diagonal"
    r"|dot|dtype|fill|flatten|grad|imag|item|iloc|loc|max|mean|min|ndim|numpy|prod|ravel|real"
    r"|repeat|reshape|round|shape|size|sort|squeeze|std|sum|swapaxes|take|tolist|trace|transpose"
    r"|values|var|view)"
)

# Forms that providers gave their tokens: the form alone is proof enough.
_FORMS = re.compile(
    r"(?<![\w\-])(?:"
    r"gh[pousr]_[A-Za-z0-9]{20,255}"
    r"|github_pat_[A-Za-z0-9_]{20,255}"
    r"|glpat-[\w\-]{16,64}"
    r"|hf_[A-Za-z0-9]{20,64}"
    r"|sk-[\w\-]{20,255}"
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}"
    r"|xox[abeoprs]-[A-Za-z0-9\-]{10,255}"
    r"|AIza[\w\-]{35}"
    r"|ya29\.[\w\-]{20,255}"
    r"|eyJ[\w\-]{8,4000}\.[\w\-]{8,8000}(?:\.[\w\-]{0,2000})?"
    r")"
)
_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----")
_PEM_END = re.compile(r"-----END [A-Z ]{0,30}PRIVATE KEY-----")
_PEM_MOST = 12_000  # characters; an 8192-bit key has half of that
_URL_LOGIN = re.compile(r"://([^\s/@:\"']{1,64}:[^\s/@\"']{1,128})@")
_BEARER = re.compile(r"\bBearer\s{1,4}([\w.~+/=\-]{8,4000})")
_HEX_KEY = re.compile(
    r"(?i)(?:(?:wandb|login)[^\n]{0,60}?|key[\"']?\s{0,4}[=:]\s{0,4}[\"']?)"
    r"(?<![0-9a-f])([0-9a-f]{32,40})(?!\w)"
)

_NAMED = re.compile(
    r"(?i)(token(?!s|iz)|secret|passw(?:or)?d|passphrase|api_?key|access_?key|private_?key"
    r"|credential|auth(?!or(?:s|_|\b)))"
    r"\w{0,30}[\"'\]]{0,3}\s{0,8}(?::\s{0,4}str\s{0,8}=|[:=](?!=)|,|\s)\s{0,8}[rbuRBU]{0,2}"
    r"(?:\"([^\"\n]{1,4000})|'([^'\n]{1,4000})|([\w.~+/=\-]{4,4000}))"
)
# The course's own way to hand in: an address and a token, in quotes or, in haste, without.
_COURSE = re.compile(
    r"(?m)\bCOURSERA_(?:TOKEN|EMAIL)[ \t]{0,8}=[ \t]{0,8}(?![\"'#\s])([^\s#\"'()]{4,200})"
)
_CALL = re.compile(
    r"(?i)\b(?:\w{0,40}submit\w{0,40}|login|authenticate)\s{0,4}"
    r"\(((?:[^()]|\([^()]{0,200}\)){0,400})"
)
_QUOTED = re.compile(r"\"([^\"\n]{6,300})\"|'([^'\n]{6,300})'")
_HOME = re.compile(
    r"(?<![\w.~])/(?:home|Users)/[^\s/\"'<>:\\,;()\[\]{}]{1,64}"
    r"|\b[A-Za-z]:[\\/]{1,4}Users[\\/]{1,4}[^\\/\n\"'<>|:]{1,64}"
)

_TOKEN_WORDS = frozenset({"token", "auth"})


def mask_source(code: str, cell_type: str = "code") -> tuple[str, int]:
    """Mask addresses and tokens in one cell's source.

    Args:
        code: the source; need not parse.
        cell_type: `code`; any other type is prose and goes through `mask_text`.

    Returns:
        The masked source and how many places were masked. Code outside of string literals,
        comments, magics and shell lines is returned as it was.
    """
    if cell_type != "code":
        return mask_text(code)
    finds = _secrets(code)
    if not finds:
        return code, 0
    pieces: list[Span] = []
    regions = _regions(code)
    ends = [end for _, end, _ in regions]
    for start, end, instead in finds:
        for low, high, formatted in regions[bisect.bisect_right(ends, start) :]:
            if low >= end:
                break
            inside = (max(start, low), min(end, high))
            if not (formatted and _in_braces(code, low, high, *inside)):
                pieces.append((*inside, instead))
    # A bare word after COURSERA_TOKEN = is no code that anybody needs.
    pieces.extend((m.start(1), m.end(1), f'"{_fit(m[1])}"') for m in _COURSE.finditer(code))
    return _replaced(code, pieces)


def mask_text(text: str) -> tuple[str, int]:
    """Mask addresses, tokens and home folders in prose, outputs and tracebacks.

    Returns:
        The masked text and how many places were masked.
    """
    finds = _secrets(text)
    finds.extend((m.start(), m.end(), "~") for m in _HOME.finditer(text))
    finds.extend((m.start(1), m.end(1), _fit(m[1])) for m in _COURSE.finditer(text))
    return _replaced(text, finds) if finds else (text, 0)


def _secrets(text: str) -> list[Span]:
    """Where secrets stand, in any order, overlaps included."""
    logins = _URL_LOGIN.finditer(text)
    found = [(m.start(1), m.end(1), f"{TOKEN}:{TOKEN}") for m in logins]
    found.extend(_addresses(text, {end for _, end, _ in found}))
    found.extend((m.start(), m.end(), TOKEN) for m in _FORMS.finditer(text))
    found.extend(_private_keys(text))
    for pattern in (_BEARER, _HEX_KEY):
        found.extend((m.start(1), m.end(1), TOKEN) for m in pattern.finditer(text))
    for match in _NAMED.finditer(text):
        group = match.lastindex or 0
        separator = text[match.end(1) : match.start(group)]
        if _looks_secret(match[1].lower(), match[group], group == 4, separator):
            found.append((match.start(group), match.end(group), TOKEN))
    for call in _CALL.finditer(text):
        for quoted in _QUOTED.finditer(text, call.start(1), call.end(1)):
            group = quoted.lastindex or 0
            if _mixed(quoted[group], 8):
                found.append((quoted.start(group), quoted.end(group), TOKEN))
    return found


def _addresses(text: str, passed_over: set[int]) -> Iterator[Span]:
    at = text.find("@")
    while at != -1:
        # A look at both neighbours spares a million matrix products the search.
        likely = text[at - 1 : at].strip("@ ") and text[at + 1 : at + 2].isalnum()
        if likely and at not in passed_over:
            local = _LOCAL.search(text[max(0, at - 64) : at])
            domain = _DOMAIN.match(text, at + 1)
            if local and domain and not _ATTRIBUTES.fullmatch(domain[1]):
                yield at - len(local[0]), domain.end(), ADDRESS
                at = domain.end()
        at = text.find("@", at + 1)


def _private_keys(text: str) -> Iterator[Span]:
    at = 0
    while begin := _PEM_BEGIN.search(text, at):
        end = _PEM_END.search(text, begin.end(), begin.end() + _PEM_MOST)
        at = end.end() if end else min(len(text), begin.end() + _PEM_MOST)
        yield begin.start(), at, TOKEN


def _looks_secret(word: str, value: str, bare: bool, separator: str) -> bool:
    """Whether what follows a telling name is a secret and not `pad_token = "#PAD#"`."""
    if any(c.isspace() for c in value):
        return False
    assigned = "=" in separator or ":" in separator
    if word in _TOKEN_WORDS:
        return _mixed(value, 8 if assigned else 16)
    if bare:
        return _mixed(value, 6 if assigned else 16)
    return assigned or _mixed(value, 8)


def _mixed(value: str, least: int) -> bool:
    """Letters and digits in one run, as generated tokens are and words are not."""
    if len(value) < least or not re.fullmatch(r"[\w.~+/=\-]+", value):
        return False
    letters = any(c.isalpha() for c in value)
    if letters and any(c.isdigit() for c in value):
        return True
    # One course token in seventeen has no digit; sixteen letters in mixed case it still has.
    mixed_case = value.lower() != value != value.upper() and value[1:] != value[1:].lower()
    return len(value) == 16 and value.isalpha() and mixed_case


def _fit(value: str) -> str:
    return ADDRESS if "@" in value else TOKEN


_LEXEMES = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<prefix>[A-Za-z]{0,2})(?P<quote>\"{3}|'{3})(?P<long>(?:\\.|(?!(?P=quote)).)*)
    | (?P<prefix1>[A-Za-z]{0,2})"(?P<double>(?:\\.|[^"\\\n])*)
    | (?P<prefix2>[A-Za-z]{0,2})'(?P<single>(?:\\.|[^'\\\n])*)
    | (?P<magic>^[ \t]*(?:%{1,2}[A-Za-z]|!|\?)(?:[^\n]*\\\n)*[^\n]*)
    | (?P<captured>^[ \t]*[\w, \t.]{1,80}=[ \t]*(?:![^=\n]|%[A-Za-z])[^\n]*)
    | \w+
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_PYTHON_MAGICS = frozenset({"time", "timeit", "capture", "prun", "memit", "debug"})


def _regions(code: str) -> list[tuple[int, int, bool]]:
    """Insides of literals, comments, magics and shell lines: start, end, whether an f-string."""
    magic = _CELL_MAGIC.match(code)
    if magic and magic[1] not in _PYTHON_MAGICS:
        return [(0, len(code), False)]  # %%bash, %%html: none of it is Python
    regions: list[tuple[int, int, bool]] = []
    at = 0
    while match := _LEXEMES.search(code, at):
        at = match.end()
        kind = match.lastgroup or ""
        if not kind:
            continue
        prefix = match["prefix"] or match["prefix1"] or match["prefix2"] or ""
        regions.append((*match.span(kind), "f" in prefix.lower()))
        if kind in ("long", "double", "single"):
            # Step over the closing quote, or it would open a string of what comes after it.
            closing = match["quote"] or ("'" if kind == "single" else '"')
            at += len(closing) if code.startswith(closing, at) else 0
    return regions


def _in_braces(code: str, low: int, high: int, start: int, end: int) -> bool:
    """Whether a find lies in an f-string's `{expression}` that holds no literal of its own."""
    opened = code.rfind("{", low, start)
    closed = code.find("}", end, high)
    if opened == -1 or closed == -1 or code.rfind("}", opened, start) != -1:
        return False
    return not any(q in code[opened:closed] for q in "\"'")


def _replaced(text: str, finds: list[Span]) -> tuple[str, int]:
    """`text` with every find replaced; of overlapping finds the first and longest rules."""
    out: list[str] = []
    at = count = 0
    for start, end, instead in sorted(finds, key=lambda f: (f[0], -f[1])):
        if start >= end:
            continue
        if start < at:  # the tail of an overlapping find is covered, not shown
            at = max(at, end)
            continue
        out += (text[at:start], instead)
        at, count = end, count + 1
    return "".join((*out, text[at:])), count
