"""Sentences about scenes, as several people would write them: five for each, all grammatical.

People see the same and tell it differently: from the one side or the other, with or without
colour, size and ground, with one word or its synonym, with a capital and a full stop or without.
Rarely somebody picks a choice word: those are what a vocabulary of frequent words leaves out.
"""

from collections.abc import Sequence

import numpy as np

from assignments.captioning.scenes import Scene, Thing

EACH = 5  # captions of a scene
_NOUNS = {
    "circle": ("circle", "circle", "ball"), "square": ("square", "square", "block"),
    "triangle": ("triangle",), "star": ("star",), "cross": ("cross",), "heart": ("heart",),
    "ring": ("ring", "ring", "hoop"), "frame": ("frame", "frame", "box"),
}  # fmt: skip
_AMOUNTS = {"large": ("large", "big"), "small": ("small", "little"),
            "two": ("two", "two", "a pair of"), "three": ("three", "three", "some")}  # fmt: skip
_LEFT = ("to the left of", "left of", "next to", "beside")
_RIGHT = ("to the right of", "right of", "next to", "beside")
# How the first stands to the second, and the second to the first.
_RELATIONS = {
    "left": (_LEFT, _RIGHT),
    "above": (("above", "above", "over"), ("below", "below", "under")),
    "inside": (("inside", "inside", "in"), ("around",)),
}
_GROUNDS = {
    "grass": ("on the grass", "in a meadow"), "sand": ("on the sand", "at the beach"),
    "snow": ("in the snow", "on white snow"), "night": ("at night", "in the dark"),
    "floor": ("on the floor", "on a wooden floor"),
}  # fmt: skip
# Words that hardly anybody uses.
_CHOICE = {
    "red": ("crimson", "scarlet", "ruby"), "orange": ("amber", "tangerine", "apricot"),
    "yellow": ("golden", "lemon", "canary"), "green": ("emerald", "lime", "olive"),
    "blue": ("navy", "azure", "cobalt"), "purple": ("violet", "lilac", "mauve"),
    "pink": ("rose", "coral", "magenta"), "large": ("huge", "enormous", "giant"),
    "small": ("tiny", "minute", "wee"),
}  # fmt: skip
_RARELY = 0.0035
_COLOURED, _SIZED, _GROUNDED, _EXTRA = 0.9, 0.5, 0.4, 0.5  # how often that is told


def describe(rng: np.random.Generator, scene: Scene) -> list[str]:
    """Five sentences about one scene, each built in another way."""
    forms = rng.permutation(6)[:EACH]
    return [_written(rng, _sentence(rng, scene, int(form))) for form in forms]


def _sentence(rng: np.random.Generator, scene: Scene, form: int) -> str:
    there, back = _RELATIONS[scene.relation]
    a, b = _phrase(rng, scene.first), _phrase(rng, scene.second)
    told = f"{a} {_one(rng, there)} {b}"
    ground = _one(rng, _GROUNDS[scene.ground])
    verb = "are" if scene.first.count > 1 else "is"
    match form:
        case 0:
            found = told
        case 1:
            found = f"{a} {verb} {_one(rng, there)} {b}"
        case 2:
            found = f"there {verb} {told}"
        case 3:
            found = f"{b} {_one(rng, back)} {a}"
        case 4:
            found = f"{ground} there {verb} {told}"
        case _:
            found = f"{b} with {a} in it" if scene.relation == "inside" else f"{a} and {b}"
    if scene.extra is not None and rng.random() < _EXTRA:
        extra = _phrase(rng, scene.extra)
        found += _one(rng, (f" with {extra} in the corner", f" and {extra} nearby"))
    return found if form == 4 or rng.random() > _GROUNDED else f"{found} {ground}"


def _phrase(rng: np.random.Generator, thing: Thing) -> str:
    """A noun with what is told of it: "a small red star", "a pair of blue circles"."""
    words = [_one(rng, _NOUNS[thing.shape])]
    if thing.count > 1:
        words[0] += "es" if words[0].endswith("ss") or words[0].endswith("x") else "s"
    if rng.random() < _COLOURED:
        words.insert(0, _rarely(rng, thing.colour, (thing.colour,)))
    if thing.count > 1:
        return " ".join([_one(rng, _AMOUNTS[thing.amount]), *words])
    if rng.random() < _SIZED:
        words.insert(0, _rarely(rng, thing.amount, _AMOUNTS[thing.amount]))
    return " ".join(["an" if words[0][0] in "aeiou" else "a", *words])


def _rarely(rng: np.random.Generator, word: str, usual: Sequence[str]) -> str:
    return _one(rng, _CHOICE[word] if rng.random() < _RARELY else usual)


def _written(rng: np.random.Generator, sentence: str) -> str:
    """As people type it: mostly with a capital, and with a full stop, near or apart."""
    if rng.random() < 0.8:
        sentence = sentence[0].upper() + sentence[1:]
    return sentence + _one(rng, (" .", ".", ""))


def _one(rng: np.random.Generator, choices: Sequence[str]) -> str:
    return choices[rng.integers(len(choices))]
