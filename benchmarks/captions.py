"""What the captions of the reference reach, beside everything that needs no decoder.

    python -m benchmarks.captions RUNS [--tier full] [--seeds 3] [--data RAW] [--to FILE]

RUNS is the folder that `dlgrade calibrate captioning --out RUNS` left: its runs are read, and
what is missing there is run.
"""

import argparse
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from graders.checks import captioned
from graders.checks.captioned import HELD_OUT, SHOWN
from graders.checks.vocabulary import texts
from graders.commands.sandboxes import open_sandbox
from graders.core import catalogue, pipeline
from graders.core.batch import Batch
from graders.core.data import course_data
from graders.core.store import Store
from graders.core.types import Refusal
from graders.metrics import captions as metrics

People = tuple[tuple[str, ...], ...]

# BLEU-4 of others, to see where these stand; no two were made from the same images.
PUBLISHED = {
    "published: greedy, an LSTM on Flickr8k": "0.123",
    "published: Show and Tell, on COCO, ten times the images": "0.277",
}
_BASELINES = {
    "retrieved": "caption of the most similar training image",
    "most_frequent": "the most frequent training caption, always",
    "random": "random training captions",
}
_HEAD = """# What captions reach

Written by `python -m benchmarks.captions` from the runs of `dlgrade calibrate captioning --tier
{tier}`; do not edit. Of {n} held-out images with {people} captions each by people. BLEU with the
95% interval over images; second opinions: CIDEr-D and chrF. New: not word for word a training
caption. Next word: how often the likeliest is right. BLEU is sacrebleu's, of lower-cased words:

    {signature}
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Args:
        name: who wrote the captions.
        captions: one for each image; none if only next words are known.
        next_word: how often its likeliest next word is right.
    """

    name: str
    captions: tuple[str, ...] = ()
    next_word: float | None = None


def page(rows: list[Row], people: People, training: list[str], tier: str) -> str:
    """The table.

    Args:
        rows: each with as many captions as there are images.
        people: what people wrote about each image.
        training: every training caption.
        tier: that the rows are of.
    """
    first = captioned.bleu(rows[0].captions, people)
    head = _HEAD.format(tier=tier, n=len(people), people=len(people[0]), signature=first.signature)
    titles = ("captions", "BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "CIDEr-D", "chrF", "distinct",
              "words used", "new", "next word")  # fmt: skip
    lines = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    lines += ["| " + " | ".join(_cells(row, people, training)) + " |" for row in rows]
    blank = ["–"] * 3
    lines += [
        "| " + " | ".join((name, *blank, figure, *["–"] * 6)) + " |"
        for name, figure in PUBLISHED.items()
    ]
    return head + "\n" + "\n".join(lines) + "\n"


def _cells(row: Row, people: People, training: list[str]) -> Iterator[str]:
    yield row.name
    next_word = "–" if row.next_word is None else f"{row.next_word:.3f}"
    if not row.captions:
        yield from (*["–"] * 9, next_word)
        return
    found = captioned.bleu(row.captions, people)
    for n in (1, 2, 3):
        yield f"{found.up_to(n):.3f}"
    yield f"{found.score:.3f} ({found.low:.3f} to {found.high:.3f})"
    yield f"{metrics.cider(row.captions, people).value:.3f}"
    yield f"{metrics.chrf(row.captions, people).value:.3f}"
    yield f"{metrics.distinct(row.captions):.0%}"
    yield str(metrics.used(row.captions))
    yield f"{1 - metrics.copied(row.captions, training).value:.0%}"
    yield next_word


def by_baselines(given: Mapping[str, Any]) -> Iterator[Row]:
    """Captions that need no decoder, and next words that need no picture."""
    truth = given["captions_truth"][HELD_OUT]
    for name, words in _BASELINES.items():
        yield Row(words, captioned.baseline(truth, name))
    everyone = given["captions_truth"][SHOWN]
    last = captioned.by_last_word(given["words_cases"], given["words_truth"], everyone)
    yield Row("who knows the last word alone", (), last.accuracy)


def by_reference(given: Mapping[str, Any], seed: int) -> Iterator[Row]:
    """The reference's of one run, and the same at other images.

    Raises:
        ValueError: the run left no captions.
    """
    found = captioned.written(given["captions"], given["captions_truth"])
    said = captioned.next_words(given["words"], given["known"], given["words_truth"])
    if isinstance(found, Refusal) or isinstance(said, Refusal):
        raise ValueError(f"the reference's run with seed {seed} left no captions")
    yield Row(f"reference, seed {seed}", found, said.accuracy)
    other = metrics.exchanged(found, np.random.default_rng(seed))
    yield Row(f"reference, seed {seed}, each at another image", tuple(other))


def main(arguments: list[str]) -> int:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description="What the captions of the reference reach.")
    parser.add_argument("runs", type=Path)
    parser.add_argument("--tier", choices=("mini", "full"), default="full")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--to", type=Path)
    asked = parser.parse_args(arguments)
    course, cache = catalogue.course("captioning"), asked.runs / ".store"
    data = course_data(course, asked.tier, cache, seed=0 if asked.tier == "full" else 1,
                       raw=asked.data)  # fmt: skip
    store = Store(cache)
    rows: list[Row] = []
    with open_sandbox("docker", 1, Console(stderr=True)) as sandbox:
        for seed in range(1, asked.seeds + 1):
            batch = Batch(course, sandbox, store, data, threading.Event(), seed)
            given = pipeline.by_name(batch.grader, batch.keys[0], batch.cases, batch.truths)
            rows += by_reference(given, seed)
    rows += by_baselines(given)
    truth = given["captions_truth"][HELD_OUT]
    text = page(rows, captioned.references(truth), texts(truth["training"]).split("\n"), asked.tier)
    if asked.to is None:
        sys.stdout.write(text)
    else:
        asked.to.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
