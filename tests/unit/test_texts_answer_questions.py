"""What students asked about the tasks is answered where they meet it, with figures that hold."""

import re
from functools import cache

import nbformat
import pytest

from benchmarks.reached import stored
from graders.core import catalogue


@cache
def paragraphs(notebook: str) -> tuple[str, ...]:
    """The lines of a notebook's markdown cells; a paragraph or a list item is one line each."""
    cells = nbformat.read(catalogue.course(notebook).source, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return tuple(text.split("\n"))


# Notebook, the question, and words of its answer that stand together in one paragraph.
ANSWERED = (
    ("names_rnn", "what if START is drawn", ("`START` is drawn", "draw again", "both are right")),
    ("names_rnn", "what if PAD is drawn first", ("`PAD` is drawn first", "seed phrase alone")),
    ("names_rnn", "may a model be a class of mine", ("class of your own", "`classifier`")),
    ("names_rnn", "may the classifier read backwards", ("both directions is fine",)),
    ("captioning", "are accented letters letters", ("accents are letters", "`café`")),
    ("captioning", "is an underscore a letter", ("an underscore is none",)),
    (
        "captioning",
        "PAD, START and UNK at a temperature",
        ("with a temperature", "PAD, START and UNK are left out", "divided by their sum"),
    ),
    ("captioning", "may END be drawn first", ("END may be drawn as the first word", "empty")),
    ("mnist_digits", "may epochs exceed EPOCHS, part 2", ("`EPOCHS` of them. More epochs are",)),
    ("mnist_digits", "may epochs exceed EPOCHS, part 4", ("more than `EPOCHS` epochs", "30")),
    ("mnist_digits", "dropout in part 3", ("Dropout is allowed", "`mlp_history`")),
    ("mnist_digits", "layers added in part 4", ("`BatchNormalization` or `Dropout`", "may add")),
    ("mnist_digits", "other activations, part 3", ("ReLU, sigmoid, tanh", "GELU", "fine as well")),
    ("mnist_digits", "other activations, part 4", ("any non-linear activation",)),
    ("mnist_digits", "label smoothing", ("label smoothing", "plain cross-entropy", "metric")),
    ("mnist_digits", "an unregistered class", ("class of your own is accepted", "register")),
    ("cifar_cnn", "a dict as history", ("`history`", "or a dictionary like its")),
    ("cifar_cnn", "label smoothing", ("label smoothing", "plain cross-entropy", "metric")),
    ("cifar_cnn", "separable convolutions", ("separable convolution counts as one",)),
    ("cifar_cnn", "own validation data", ("split validation data", "`x_valid`, `y_valid`")),
    ("cifar_cnn", "more epochs", ("1.5 times as many epochs are fine",)),
    ("flowers_finetune", "a dict as history", ("`history`", "or a dictionary like its")),
    ("flowers_finetune", "label smoothing", ("label smoothing", "plain cross-entropy", "metric")),
    ("flowers_finetune", "own validation data", ("split validation data", "`valid_files`")),
    ("flowers_finetune", "more epochs", ("1.5 times as many epochs are fine",)),
    ("face_autoencoder", "a dict as history", ("`history`", "or a dictionary like its")),
    ("face_autoencoder", "another loss", ("train with another loss", "plain mean squared error")),
    ("face_autoencoder", "own validation data", ("split validation data", "`x_valid`")),
    ("face_autoencoder", "more epochs", ("1.5 times as many epochs are fine",)),
    ("face_autoencoder", "noisy image added back", ("noisy picture may be added back", "Add")),
    ("face_gan", "more steps", ("1.5 times as many steps are fine",)),
    ("face_gan", "how many losses", ("`d_losses`, `g_losses`", "as many in the one list")),
    ("face_gan", "mirrored faces for training", ("mirrored ones are fine",)),
    ("face_gan", "losses with dropout at work", ("dropout at work", "`training=False`")),
    (
        "face_gan",
        "what is a trained discriminator",
        ("counts as trained", "60%", "earns no points"),
    ),
    ("linear_models", "steps in place, own formula", ("`w` in place", "write its formula out")),
)


@pytest.mark.parametrize(
    ("notebook", "question", "words"), ANSWERED, ids=[f"{n}: {q}" for n, q, _ in ANSWERED]
)
def test_a_question_is_answered_where_it_arises(
    notebook: str, question: str, words: tuple[str, ...]
) -> None:
    assert any(all(word in line for word in words) for line in paragraphs(notebook)), question


@pytest.mark.parametrize("notebook", catalogue.notebooks())
def test_no_text_counts_by_halves(notebook: str) -> None:
    text = " ".join(paragraphs(notebook)).lower()
    assert "half more epochs" not in text
    assert "half as many steps" not in text


# Of each figure: notebook, tier, measure, what of it ("full" is where full marks begin), its unit
# in the text, and a pattern that finds it.
_N = r"(\d+(?:\.\d+)?)"
FIGURES = [
    (notebook, tier, measure, what, unit, pattern)
    for notebook, measure, unit, full, mini in (
        (
            "cifar_cnn", "cnn_accuracy", 1.0,
            rf"accuracy is about {_N} on the complete data \(full marks from about {_N}\)",
            rf"and about {_N} on the small set \(full marks from about {_N}\)",
        ),
        (
            "flowers_finetune", "flowers_accuracy", 1.0,
            rf"accuracy is about {_N} on the complete data \(full marks from about {_N}\)",
            rf"and about {_N} on the small set \(full marks from about {_N}\)",
        ),
        (
            "face_autoencoder", "face_error", 1.0,
            rf"about {_N} of PCA's on the complete data \(full marks up to about {_N}\)",
            rf"about {_N} of PCA's on the small set \(full marks up to about {_N}\)",
        ),
        (
            "face_autoencoder", "noise_error", 1.0,
            rf"error is about {_N} on the complete data \(full marks up to about {_N}\)",
            rf"and about {_N} on the small set \(full marks up to about {_N}\)",
        ),
        (
            "captioning", "next_word_accuracy", 0.01,
            rf"about {_N}% of the cases for photographs \(full marks from about {_N}%\)",
            rf"about {_N}% for the small set \(full marks from about {_N}%\)",
        ),
        (
            "captioning", "next_word_loss", 1.0,
            rf"usually about {_N} for photographs \(full marks up to about {_N}\)",
            rf"about {_N} for the small set \(full marks up to about {_N}\)",
        ),
        (
            "captioning", "caption_bleu", 1.0,
            rf"reaches: about {_N} for photographs \(full marks from about {_N}\)",
            rf"about {_N} for the small set \(full marks from about {_N}\)",
        ),
        (
            "names_rnn", "step_loss", 1.0,
            rf"loss is about {_N} for names that people have \(full marks up to about {_N}\)",
            rf"about {_N} for invented names \(full marks up to about {_N}\)",
        ),
        (
            "names_rnn", "name_accuracy", 1.0,
            rf"accuracy is about {_N} for names that people have \(full marks from about {_N}\)",
            rf"about {_N} for invented names \(full marks from about {_N}\)",
        ),
        (
            "mnist_digits", "softmax_accuracy", 1.0,
            rf"about {_N} \(softmax regression\)", rf"about {_N} and [\d.]+ on the small set",
        ),
        (
            "mnist_digits", "mlp_accuracy", 1.0,
            rf"and {_N} \(both networks\)", rf"and {_N} on the small set",
        ),
        (
            "mnist_digits", "keras_accuracy", 1.0,
            rf"and {_N} \(both networks\)", rf"and {_N} on the small set",
        ),
    )
    for tier, pattern in (("full", full), ("mini", mini))
    for what in ("mean", "full")[: 2 if "full marks" in pattern else 1]
]  # fmt: skip


@pytest.mark.parametrize(("notebook", "tier", "measure", "what", "unit", "pattern"), FIGURES)
def test_what_is_called_usual_is_what_the_calibrations_measured(
    notebook: str, tier: str, measure: str, what: str, unit: float, pattern: str
) -> None:
    """Within the spread of the seeds: another calibration of the same notebook changes no text."""
    found = stored(notebook, tier)
    assert found is not None
    entry = found["measures"][measure]
    told = [m for line in paragraphs(notebook) for m in re.finditer(pattern, line)]
    assert told
    said = [unit * float(m.group(1 if what == "mean" else 2)) for m in told]
    allowed = 0.02 * abs(entry[what]) + 0.005 * (entry[what] > 0.1)
    assert min(abs(value - entry[what]) for value in said) <= allowed
