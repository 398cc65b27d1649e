"""The files that `names_rnn` reads, at both tiers: see data.toml beside this file.

Tokens are numbers: 0 ends and pads, 1 starts, 2 to 27 are a to z. A row is a start, the letters,
and as many 0 as it takes to make WIDTH. No name stands on two sides, or twice on one.

Training side: `train.json` and `valid.json`, lists of names of 2 to 14 small letters a to z;
`rows.npz` with `train` and `valid`, the same as rows int32 [n, WIDTH].

Held-out side.
  `beginnings`: arguments `tokens` and `shuffled` int32 [n, WIDTH], `lengths` int32 [n]: of a name
    only its first letters, and the same with all letters but the last in another order. The secret
    case has one beginning of each name, so that none of them tells how another goes on; the shown
    case has all beginnings of all names of `valid.json`. Known of a case: `next` [n], the token
    that follows; `weights` [n], which make a mean over the rows one over all letters of the names;
    `unigram` and `bigram`, the cross-entropy (nats) over all letters of the names of who knows how
    often letters and pairs are; `pair_losses` [n], the latter's loss of each `next`;
    `names` and, with the secret case, `training`.
  `spellings`: argument `tokens` [m, WIDTH]; known of it `labels` [m]: 1 is a name, 0 another name
    with its letters in another order.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assignments.names_rnn import invented
from assignments.preparing import save

Array = npt.NDArray[Any]

LETTERS = "abcdefghijklmnopqrstuvwxyz"
PAD, START = 0, 1
TOKENS = 2 + len(LETTERS)
WIDTH = invented.LONGEST + 2  # a start, and at least one end
TRAIN, SHOWN, SECRET = 3000, 500, 2000  # names of the mini tier
FULL_SHOWN = FULL_SECRET = 800
SMOOTHING = (0.01, 0.03, 0.1, 0.3, 1.0)  # added counts; the one that is best for the shown names

# What the data depends on: a change there makes it anew, and ends its calibration.
MADE_BY = {"names_rnn": ("prepare.py", "invented.py", "../preparing.py")}


def mini(notebook: str, train: Path, held_out: Path, seed: int) -> None:
    """Invent names from a seed: 3,000 to train on, 500 shown, 2,000 held out."""
    names = invented.draw(np.random.default_rng([seed, 7]), TRAIN + SHOWN + SECRET)
    sides = names[:TRAIN], names[TRAIN : TRAIN + SHOWN], names[TRAIN + SHOWN :]
    _write(train, held_out, *sides, rng=np.random.default_rng([seed, 8]))


def full(notebook: str, raw: Path, train: Path, held_out: Path) -> None:
    """First names from `names` in `raw`: in small letters, each once; 800 shown, 800 held out."""
    lines = (raw / "names").read_text("utf-8").splitlines()
    names = sorted(set(filter(_is_plain, (line.strip().lower() for line in lines))))
    order = np.random.default_rng(7).permutation(len(names))
    mixed = [names[k] for k in order]
    cut = len(mixed) - FULL_SECRET
    sides = mixed[: cut - FULL_SHOWN], mixed[cut - FULL_SHOWN : cut], mixed[cut:]
    _write(train, held_out, *sides, rng=np.random.default_rng(8))


def _is_plain(name: str) -> bool:
    return 2 <= len(name) <= invented.LONGEST and set(name) <= set(LETTERS)


def _write(
    train: Path,
    held_out: Path,
    training: Sequence[str],
    shown: Sequence[str],
    secret: Sequence[str],
    rng: np.random.Generator,
) -> None:
    for folder in (train, held_out):
        folder.mkdir(parents=True, exist_ok=True)
    for name, names in (("train", training), ("valid", shown)):
        (train / f"{name}.json").write_text(json.dumps(list(names)) + "\n", "utf-8")
    save(train / "rows.npz", train=matrix(training), valid=matrix(shown))
    cases: dict[str, Array] = {}
    truth: dict[str, Array] = {}
    counted = Counted(training, shown)
    for k, names in enumerate((secret, shown)):
        rows = matrix(names)
        arrays, known = _beginnings(rows, rng, every=k == 1)
        last = arrays["tokens"][np.arange(len(arrays["lengths"])), arrays["lengths"] - 1]
        known["pair_losses"] = counted.pair_losses(last, known["next"])
        known |= {"names": np.array(names), **counted.losses(rows)}
        cases |= {f"beginnings/{k}/{name}": value for name, value in arrays.items()}
        truth |= {f"beginnings/{k}/{name}": value for name, value in known.items()}
        tokens, labels = _spellings(names, rng)
        cases[f"spellings/{k}/tokens"] = tokens
        truth[f"spellings/{k}/labels"] = labels
    truth["beginnings/0/training"] = np.array(training)
    save(held_out / "cases.npz", **cases)
    save(held_out / "truth.npz", **truth)


def matrix(names: Sequence[str]) -> Array:
    """Rows of tokens int32 [n, WIDTH]."""
    rows = np.full((len(names), WIDTH), PAD, np.int32)
    rows[:, 0] = START
    for row, name in zip(rows, names, strict=True):
        row[1 : len(name) + 1] = [2 + LETTERS.index(letter) for letter in name]
    return rows


def _beginnings(
    rows: Array, rng: np.random.Generator, *, every: bool
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Arguments and truth of beginnings: one of each row, or every one of each."""
    sizes = (rows != PAD).sum(axis=1)  # the start counts, and so does the end: as many to predict
    if every:
        which = np.repeat(np.arange(len(rows)), sizes)
        lengths = np.concatenate([np.arange(1, size + 1) for size in sizes])
        weights = np.ones(len(which))
    else:
        which, lengths = np.arange(len(rows)), rng.integers(1, sizes + 1)
        weights = sizes.astype(float)
    whole = rows[which]
    kept = np.arange(WIDTH) < lengths[:, None]
    tokens = np.where(kept, whole, PAD)
    shuffled = tokens.copy()
    for row, length in zip(shuffled, lengths, strict=True):
        row[1 : length - 1] = rng.permutation(row[1 : length - 1])
    arguments = {"tokens": tokens, "shuffled": shuffled, "lengths": lengths.astype(np.int32)}
    return arguments, {"next": whole[np.arange(len(whole)), lengths], "weights": weights}


def _spellings(names: Sequence[str], rng: np.random.Generator) -> tuple[Array, Array]:
    """Half of the names as they are, the others with their letters in another order; mixed."""
    half = len(names) // 2
    mixed = [m for name in names[half:] if (m := disordered(name, rng)) != name]
    labels = np.array([1] * half + [0] * len(mixed))
    order = rng.permutation(len(labels))
    return matrix([*names[:half], *mixed])[order], labels[order].astype(np.int64)


def disordered(name: str, rng: np.random.Generator) -> str:
    """The letters of a name in an order that is not its own, if they have any other."""
    if len(set(name)) == 1:
        return name
    while (mixed := "".join(rng.permutation(list(name)))) == name:
        pass
    return mixed


class Counted:
    """How often letters, and pairs of them, come in names: what earns nothing.

    Args:
        training: the names that are counted.
        shown: by which the smoothing is chosen.
    """

    def __init__(self, training: Sequence[str], shown: Sequence[str]) -> None:
        pairs = np.zeros((TOKENS, TOKENS))
        before, after = _pairs(matrix(training))
        np.add.at(pairs, (before, after), 1)
        self._letters = self._best(np.tile(pairs.sum(axis=0), (TOKENS, 1)), shown)
        self._pairs = self._best(pairs, shown)

    def _best(self, counts: Array, shown: Sequence[str]) -> Array:
        """Probabilities [TOKENS, TOKENS] of what follows what."""
        found = [(counts + s) / (counts + s).sum(axis=1, keepdims=True) for s in SMOOTHING]
        return min(found, key=lambda chances: _loss(chances, matrix(shown)))

    def pair_losses(self, before: Array, after: Array) -> Array:
        """Losses (nats) [n] of tokens `after` others [n]."""
        return np.asarray(-np.log(self._pairs[before, after]))

    def losses(self, rows: Array) -> dict[str, Array]:
        """Cross-entropies (nats a letter, the end counted as one) of rows of tokens."""
        return {
            "unigram": np.array(_loss(self._letters, rows)),
            "bigram": np.array(_loss(self._pairs, rows)),
        }


def _loss(chances: Array, rows: Array) -> float:
    return float(-np.log(chances[_pairs(rows)]).mean())


def _pairs(rows: Array) -> tuple[Array, Array]:
    """Each token and the next one, up to the first end."""
    before, after = rows[:, :-1], rows[:, 1:]
    return before[before != PAD], after[before != PAD]
