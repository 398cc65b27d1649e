"""How the codes of flowers_finetune are told: how data reach the network, its base, its results."""

from graders.core.saying import says


def _confused(pairs: tuple[tuple[str, str, int], ...]) -> str:
    told = ", ".join(f"{one} and {other} ({n})" for one, other, n in pairs)
    return f"Most often taken for one another among the shown pictures: {told}."


def _falls(pairs: tuple[tuple[str, str, int], ...]) -> bool:
    counts = [n for _, _, n in pairs]
    return counts == sorted(counts, reverse=True) and min(counts) > 0


SENTENCES = {
    # Crops and prepared pictures (checks/feeding.py).
    "not-the-largest-square": says("the result is not the largest square"),
    "square-at-an-edge": says("the square is at an edge, not in the middle"),
    "other-pixels-than-the-middle": says("the pixels are not those of the middle"),
    "one-picture-asked-for": says("one picture is asked for"),
    "prepared-size-differs": says("the result has not SIZE by SIZE pixels and three channels"),
    "prepared-range-left": says("the values leave the range from {low:g} to {high:g}"),
    "prepared-picture-differs": says(
        "the picture differs in its values, or in what part of the photograph it shows"
    ),
    # Batches of a generator and of a pipeline.
    "batches-not-read": says("its batches cannot be read"),
    "an-empty-batch": says("there is an empty batch"),
    "other-batch-lengths": says("the batches have not the lengths that were asked for"),
    "other-items-than-the-source": says("the items are not those of the source, in their order"),
    "batches-change-afterwards": says("batches that were given out change afterwards"),
    "reads-far-ahead": says("it reads far more of its source than the batch needs"),
    "no-batches-of-pictures-and-labels": says(
        "what it gives cannot be read as batches of pictures and labels"
    ),
    "shape-not-of-prepare": says("the pictures have not the shape that `prepare` gives them"),
    "labels-not-once": says("one pass does not give every label once"),
    "pictures-not-numbers": says("the pictures are not numbers"),
    "labels-of-other-pictures": says("pictures and labels do not belong together"),
    "same-order-twice": says("two passes for training have the same order"),
    "shuffles-a-few-at-a-time": says("it shuffles only a few of them at a time"),
    "order-not-the-given": says("not for training, the order is another than the given one"),
    "pictures-not-of-prepare": says(
        "not for training, the pictures are other than `prepare` makes them"
    ),
    # Models that `build_model` builds (checks/finetuned.py).
    "base-takes-batch-statistics": says(
        "batch normalisation of the base takes the batch's statistics in training"
    ),
    "built-no-probabilities": says(
        "its outputs are no probabilities: they are negative or do not sum to 1"
    ),
    "early-layers-not-frozen": says("layers before `first_trainable` are not frozen"),
    "late-layers-frozen": says("layers from `first_trainable` on are frozen, too"),
    "base-weights-differ": says("the base's weights have other values than before"),
    "head-does-not-learn": says("the head does not learn"),
    "built-other-outputs": says("the model does not give one number per class"),
    "built-not-looked-at": says("the model cannot be looked at"),
    "besides": says(
        lambda problems: f"Besides: {'; '.join(problems)}.",
        holds=lambda problems: len(problems) > 0,
    ),
    # What became of the stored base (checks/stored_base.py).
    "weights-not-looked-at": says("its weights cannot be looked at"),
    "model-not-looked-at": says("The model in `model`: {why}."),
    "model-not-trained": says(
        "The model in `model` says no more than one that has learnt nothing: no training can be "
        "seen.",
        holds=lambda reached, linear, seen: reached <= linear and not seen,
    ),
    "no-weights-of-the-base": says(
        "None of its weights are those of the stored base.",
        holds=lambda kept, moved: kept == 0 < moved,
    ),
    "frozen-kept": says(
        "{kept} of {of} frozen weight arrays are the stored ones.",
        holds=lambda kept, of: 0 <= kept <= of,
    ),
    "training-changed-the-others": says(
        "Training has changed the others.", holds=lambda kept, of: kept < of
    ),
    "statistics-drifted": says(
        "the statistics of batch normalisation have drifted", holds=lambda kept, of: kept < of
    ),
    "late-layers-unchanged": says(
        "none of the layers that may learn has learnt", holds=lambda kept, of: kept == of
    ),
    "but": says(
        lambda problems: f"But {', and '.join(problems)}.",
        holds=lambda problems: len(problems) > 0,
    ),
    # `predict`, and what the model says (checks/recognised.py).
    "worse-than-model-on-prepared": says(
        "it does worse than your model itself on prepared pictures: are they prepared otherwise "
        "than in training, or is something random not at rest?",
        holds=lambda more: more > 0,
    ),
    "predict-learnt-nothing": says(
        "it says no more than one that learnt nothing",
        holds=lambda reached, linear: reached <= linear,
    ),
    "no-model-and-predict-learnt-nothing": says(
        "there is no model of yours, and it says no more than one that learnt nothing",
        holds=lambda reached, linear: reached <= linear,
    ),
    "what-misled-it": says(
        "Look for what misled it: an odd light, something in front, or a look-alike?"
    ),
    "most-often-confused": says(_confused, holds=_falls),
}
