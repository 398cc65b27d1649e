"""What the references reach, beside what the course or a trial before us asked for.

    python -m benchmarks.reached [--to docs/reached.md]

And how often a grade was not what its notebook declares, over fresh seeds. Everything but the asked
figures is read from stored calibrations and records; a test compares the page with them, so that it
cannot go out of date.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.core import catalogue

HERE = Path(__file__).resolve().parent.parent
PAGE = HERE / "docs" / "reached.md"
SEEDS = HERE / "tests" / "conformance" / "seeds"


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure that the reference should reach at the full tier.

    Args:
        figure: in the unit of the measure, as it was written: in so many decimals it is compared.
        of: whose figure it is.
        why: why the reference stays behind; empty where it does not.
    """

    figure: str
    of: str
    why: str = ""


_TEN_A_CLASS = (
    "ten training pictures a class of 160 pixels, where the course has some sixty of full size, "
    "and InceptionV3 up to `mixed8`, since the stored weights lack two convolutions behind it"
)
ASKED: Mapping[tuple[str, str], tuple[Asked, ...]] = {
    ("mnist_digits", "softmax_accuracy"): (Asked("0.92", "the course"),),
    ("mnist_digits", "mlp_accuracy"): (Asked("0.97", "the course"),),
    ("cifar_cnn", "cnn_accuracy"): (
        Asked("0.80", "the course"), Asked("0.77", "a trial of its recipe, 10 epochs"),
    ),
    ("flowers_finetune", "flowers_accuracy"): (
        Asked("0.93", "the course, on the complete data", _TEN_A_CLASS),
        Asked("0.79", "a linear classifier on `mixed8`"),
        Asked("0.80", "asked of these data"),
    ),
    ("face_autoencoder", "ae_curve"): (Asked("0.0056", "the course, at 32x32"),),
    ("captioning", "caption_bleu"): (
        Asked("0.152", "a trial of 8 epochs"), Asked("0.123", "published, greedy"),
    ),
    ("captioning", "next_word_accuracy"): (Asked("0.38", "a trial of 8 epochs"),),
}  # fmt: skip
_HEAD = """# What the references reach

Written by `python -m benchmarks.reached` from the stored calibrations; do not edit.

Mean and extremes over n seeds: of the training, and of the data at the mini tier, where they are
drawn. What earns nothing is computed, from baselines. Minutes are those of a whole run of the
notebook with all questions, in the CPU image, with others beside it on the same cores; what one
takes alone is measured by `python -m benchmarks.mini_tier NOTEBOOK`. Conformance: on fresh seeds
the reference loses nothing, notebooks with mistakes lose the lines that these declare and no
others, and notebooks that are right in another way than the reference lose nothing
(`python -m tests.conformance.over_seeds NOTEBOOK --record`).
"""


def stored(notebook: str, tier: str) -> Mapping[str, Any] | None:
    """A notebook's calibration, if there is one."""
    file = HERE / "reference_solutions" / notebook / f"reference.{tier}.json"
    if not file.is_file():
        return None
    found: Mapping[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def behind(asked: Asked, entry: Mapping[str, Any]) -> bool:
    """Whether a mean misses what was asked, in the decimals that it was asked in."""
    figure, mean = float(asked.figure), round(entry["mean"], len(asked.figure.partition(".")[2]))
    return bool(mean < figure if entry["higher"] else mean > figure)


def page() -> str:
    """All tables."""
    return "\n".join([_HEAD, *_tables()])


def _tables() -> Iterator[str]:
    for notebook in catalogue.notebooks():
        if not catalogue.course(notebook).grader.measures:
            continue
        yield f"## {notebook}\n"
        yield _conformance(notebook)
        for tier in ("full", "mini"):
            found = stored(notebook, tier)
            if found is None:
                yield f"The {tier} tier has not been calibrated.\n"
                continue
            passport = found["passport"]
            yield (
                f"**{tier} tier**: n = {len(passport['seeds'])}, {passport['minutes per run']:.1f} "
                f"minutes a run ({passport['hardware']}), {passport['date']}.\n"
            )
            yield "| | mean | extremes | earns nothing | full marks |\n|---|---|---|---|---|"
            yield from (_row(name, entry) for name, entry in found["measures"].items())
            yield ""
            yield from (
                f"- The reference itself loses up to {e['points']:g} points of `{name}` in "
                f"{e['runs']} runs.\n"
                for name, e in found.get("lost", {}).items()
            )
            if tier == "full":
                yield from _against_asked(notebook, found["measures"])


def _conformance(notebook: str) -> str:
    """What is recorded of the graders' seeds (tests/conformance/recorded.py)."""
    file = SEEDS / f"{notebook}.json"
    if not file.is_file():
        return "No seeds of conformance are recorded.\n"
    seeds: Mapping[str, Any] = json.loads(file.read_text("utf-8"))
    present = catalogue.course(notebook).grader.version
    said = []
    for kind, text in (("wrong", "notebooks with mistakes"), ("right", "right in another way")):
        every = [seed for seed in seeds.values() if kind in seed["kinds"]]
        if not every:
            continue
        judges = Counter(seed["grader"] for seed in every)
        of = [f"{judges.pop(present, 0)} by the present graders"]
        of += [f"{n} by their version {version}" for version, n in sorted(judges.items())]
        notebooks, mistakes = (sum(seed[k] for seed in every) for k in ("notebooks", "mistakes"))
        many = f"{notebooks} notebooks" + (f" with {mistakes} mistakes" if mistakes else "")
        found = Counter(line for seed in every for line in seed["misfits"])
        said.append(
            f"**Conformance**, {text}: n = {len(every)} ({', '.join(of)}), {many}; "
            f"{sum(found.values())} grades that were not as declared.\n"
        )
        said += [f"- {line} ({n} of {len(every)} seeds)\n" for line, n in found.items()]
    return "\n".join(said)


def _row(name: str, entry: Mapping[str, Any]) -> str:
    low, high = min(entry["values"]), max(entry["values"])
    unit = f" ({entry['unit']})" if entry["unit"] else ""
    sign = "≥" if entry["higher"] else "≤"
    return (
        f"| `{name}`{unit} | {entry['mean']:.4g} | {low:.4g} to {high:.4g} | {entry['none']:.4g} "
        f"| {sign} {entry['full']:.4g} |"
    )


def _against_asked(notebook: str, measures: Mapping[str, Any]) -> Iterator[str]:
    lines = [
        _compared(name, asked, measures[name])
        for (of, name), every in ASKED.items()
        if of == notebook
        for asked in every
    ]
    if lines:
        yield "\n".join(lines) + "\n"


def _compared(name: str, asked: Asked, entry: Mapping[str, Any]) -> str:
    reached = "not reached" if behind(asked, entry) else "reached"
    why = f": {asked.why}" if asked.why else ""
    return f"- `{name}` {asked.figure} ({asked.of}): {reached}{why}."


def main(arguments: list[str]) -> int:
    """Print the page, or write it."""
    parser = argparse.ArgumentParser(description="What the references reach.")
    parser.add_argument("--to", type=Path)
    given = parser.parse_args(arguments)
    if given.to is None:
        sys.stdout.write(page())
    else:
        given.to.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
