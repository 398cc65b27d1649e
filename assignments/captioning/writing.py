"""Both sides of the captioning task, written: the same files at both tiers.

Training side:
  `train.npz`, `valid.npz`: `features` float16 [n, d], what the encoder makes of each picture, and
  `images` uint8 [m, s, s, 3], m <= n, the pictures of the first m;
  `train_captions.json`, `valid_captions.json`: by picture a list of five captions, as written;
  `encoder.json` and `encoder.npz` (mini) or `encoder.h5` (full): the encoder, as Keras has it. It
  takes pixels as (x - 127) / 128.

Held-out side, with case 0 secret and case 1 shown (= valid). Texts are 0-d arrays, one caption or
word a line.
  set `images`, argument `features` float16 [m, d]. Known of it: `references`, the captions as
  written, an empty line between two pictures; a line for each picture of what needs no decoder:
  `most_frequent`, the training caption that was written most often, `random` training captions,
  `retrieved`, a caption of the training picture whose features are nearest (by cosine). With the
  secret case `training`, all training captions; with the shown one `pictures` uint8 [k, t, t, 3],
  small ones of the first k, for reports;
  set `words`, arguments `features` float16 [q, d] and `prefixes`: how captions of that side begin,
  in lower-case words, of pictures that may come several times. Known of it: `following`, the next
  word or `#END#`, and `vocabulary`, the words that training captions have `FREQUENT` times or more;
  set `photographs`, argument `images` uint8 [k, s, s, 3], of the first k. Known of it: `features`
  float32 [k, d]: at the full tier near to what the encoder says, not the same (see flickr.py).
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assignments.preparing import Array, save

PHOTOGRAPHS = 40  # of a case, for the encoder, and as many as
_PIXELS = 16 * 224 * 224  # those of the full tier have
REPORTED, THUMBNAIL = 60, 96  # pictures for reports, and their largest side
QUESTIONS = 2000  # next words of a case
FREQUENT = 5
END = "#END#"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the split.

    Args:
        features: [n, d] float16.
        images: [m, s, s, 3] uint8, of the first m.
        captions: by picture, five as written.
    """

    features: Array
    images: Array
    captions: list[list[str]]


def write(
    train: Path,
    held_out: Path,
    training: Side,
    shown: Side,
    secret: Side,
    rng: np.random.Generator,
) -> None:
    """Write both sides of the task; what is drawn for it is drawn by `rng`."""
    for folder in (train, held_out):
        folder.mkdir(parents=True, exist_ok=True)
    for name, side in (("train", training), ("valid", shown)):
        save(train / f"{name}.npz", features=side.features, images=side.images)
        written = json.dumps(side.captions, indent=0) + "\n"
        (train / f"{name}_captions.json").write_text(written, "utf-8")
    every = [caption for five in training.captions for caption in five]
    times = Counter(word for caption in every for word in words(caption))
    vocabulary = sorted(word for word, count in times.items() if count >= FREQUENT)

    cases: dict[str, Array] = {}
    truth: dict[str, Array] = {}
    for k, side in enumerate((secret, shown)):
        cases[f"images/{k}/features"] = side.features
        truth[f"images/{k}/references"] = _text("\n".join(five) + "\n" for five in side.captions)
        for name, texts in _baselines(training, side, rng).items():
            truth[f"images/{k}/{name}"] = _text(texts)
        rows, prefixes, following = _questions(side, rng)
        cases[f"words/{k}/features"] = side.features[rows]
        cases[f"words/{k}/prefixes"] = _text(prefixes)
        truth[f"words/{k}/following"] = _text(following)
        truth[f"words/{k}/vocabulary"] = _text(vocabulary)
        most = max(1, min(PHOTOGRAPHS, _PIXELS // side.images[0, :, :, 0].size))
        cases[f"photographs/{k}/images"] = side.images[:most]
        known = side.features[: len(side.images[:most])]
        truth[f"photographs/{k}/features"] = known.astype(np.float32)
    truth["images/0/training"] = _text(every)
    truth["images/1/pictures"] = _small(shown.images[:REPORTED])
    save(held_out / "cases.npz", **cases)
    save(held_out / "truth.npz", **truth)


def words(caption: str) -> list[str]:
    """Its words, lower case."""
    return re.findall(r"\w+", caption.lower())


def _text(lines: Iterable[str]) -> Array:
    return np.array("\n".join(lines))


def _baselines(training: Side, side: Side, rng: np.random.Generator) -> dict[str, list[str]]:
    """Captions [n] that need no decoder, by name."""
    n = len(side.captions)
    written = [caption for five in training.captions for caption in five]
    times = Counter(" ".join(words(caption)) for caption in written)
    frequent = min(times, key=lambda text: (-times[text], text))
    return {
        "most_frequent": [frequent] * n,
        "random": [written[k] for k in rng.integers(0, len(written), n)],
        "retrieved": [
            str(rng.choice(training.captions[k])) for k in nearest(side.features, training.features)
        ],
    }


def nearest(features: Array, others: Array) -> Array:
    """Which of `others` [m, d] has the largest cosine with each of `features` [n, d]; [n]."""
    a, b = (x.astype(np.float32) for x in (features, others))
    b /= np.maximum(np.linalg.norm(b, axis=1, keepdims=True), np.float32(1e-9))
    return np.asarray((a @ b.T).argmax(1))


def _questions(side: Side, rng: np.random.Generator) -> tuple[Array, list[str], list[str]]:
    """Places in captions, each as likely: rows of pictures, words before, and the word there."""
    sentences = [(k, words(c)) for k, five in enumerate(side.captions) for c in five]
    places = [(s, at) for s, (_, said) in enumerate(sentences) for at in range(len(said) + 1)]
    drawn = rng.choice(len(places), min(QUESTIONS, len(places)), replace=False)
    rows, prefixes, following = [], [], []
    for s, at in (places[k] for k in drawn):
        picture, said = sentences[s]
        rows.append(picture)
        prefixes.append(" ".join(said[:at]))
        following.append([*said, END][at])
    return np.array(rows), prefixes, following


def _small(images: Array) -> Array:
    """Pictures of at most `THUMBNAIL` pixels a side, by block means, uint8."""
    step = -(-images.shape[1] // THUMBNAIL)
    side = images.shape[1] // step
    cut = images[:, : side * step, : side * step]
    blocks = cut.reshape(len(images), side, step, side, step, 3)
    return np.asarray(blocks.mean((2, 4), dtype=np.float32).astype(np.uint8))
