"""How the codes of the vocabulary are told, whatever the notebook."""

from graders.core.saying import says, shared
from graders.metrics import curves


def _one_of(n: int, right: int, kinds: int, problems: tuple[tuple[int, str], ...]) -> str:
    (count, first), *others = problems
    more = f"; on {others[0][0]} {others[0][1]}" if others else ""
    return f"{right} of {n} unseen inputs give the right result; on {count} {first}{more}."


def _adds_up(n: int, right: int, kinds: int, problems: tuple[tuple[int, object], ...]) -> bool:
    counts = [count for count, _ in problems]
    told = right + sum(counts)
    return 0 <= right < n and min(counts) > 0 and (told == n if kinds <= 2 else told < n)


def _shape(what: str, shape: tuple[int, ...]) -> str:
    lengths = ", ".join("?" if n < 0 else str(n) for n in shape)
    comma = "," if len(shape) == 1 else ""
    return f"{what} has the shape ({lengths}{comma}), which does not fit the input"


def _factor(what: str, factor: float) -> str:
    size = "too large" if abs(factor) > 1 else "too small"
    also = " and has the wrong sign" if factor < 0 else ""
    return f"{what} is {size} by a constant factor{also}"


def _places(what: str, places: tuple[int, ...]) -> str:
    columns = ", ".join(map(str, places))
    return f"{what} is right except in column {columns} (counted from 1) of its last axis"


def _reached(title: str, value: float, unit: str, full: float, higher: bool, cases: int) -> str:
    of = f" {unit}" if unit else ""
    edge = "from" if higher else "up to"
    digits = f"{full:.3f}" if cases else f"{full:.3g}"
    return f"{title}: {value:.3g}{of}; full marks {edge} {digits}."


def _reached_share(
    title: str,
    value: float,
    low: float,
    high: float,
    cases: int,
    unit: str,
    full: float,
    higher: bool,
    held_out: bool,
) -> str:
    edge = "from" if higher else "up to"
    what = unit.removeprefix("share of ") or "cases"
    of = f"held-out {what}" if held_out else f"{what} drawn"
    return (
        f"{title}: {value:.3f} (95% interval {low:.3f} to {high:.3f}) of {cases:,} {of}; "
        f"full marks {edge} {full:.3f}."
    )


def _end_agrees(credit: float) -> str:
    agrees = "agrees" if credit == 1.0 else "does not agree"
    return f"Its end {agrees} with the loss that we measure."


SENTENCES = shared(
    {
        "the-result": says("the result"),
        "about": says("{what}: {told}"),
        "titled": says("{title}: {why!p}"),
        # Answers beside the reference's (compare.py).
        "all-right": says("All {n} unseen inputs give the right result.", holds=lambda n: n > 0),
        "some-right": says(_one_of, holds=_adds_up),
        "text-for-numbers": says("text was returned where numbers are asked for"),
        "separate-values": says(
            "{n} separate values were returned where one is asked for", holds=lambda n: n != 1
        ),
        "wrong-number-of-values": says(
            "{n} values are returned where {asked} are asked for", holds=lambda n, asked: n != asked
        ),
        "too-many-axes": says("{what} has too many axes"),
        "wrong-shape": says(_shape),
        "wrong-places": says(_places, holds=lambda places: min(places) >= 1),
        "constant-factor": says(_factor, holds=lambda factor: factor not in (-1.0, 0.0, 1.0)),
        "not-finite": says("{what} is not finite (NaN or infinity)"),
        "wrong-sign": says("{what} has the wrong sign"),
        "constant-offset": says("{what} is off by the same amount everywhere"),
        "values-differ": says(lambda what: "the values differ"),
        "alters-arguments": says(
            lambda names: (
                f"It alters {', '.join(f'`{n}`' for n in names)}, which it was only given to read."
            ),
            holds=lambda names: len(names) > 0,
        ),
        "alters": says("It alters {what}, which it was only given to read."),
        "alters-its-inputs": says("It alters what it was only given to read."),
        "the-images": says("the images"),
        # Gradients and penalties.
        "by-own-loss": says("Measured by your own loss"),
        "loss-not-single": says("the loss is not a single number"),
        "what-the-penalty-adds": says("What the penalty adds"),
        "unlike-unpenalised": says("without a penalty it is not what your unpenalised one gives"),
        "shape-by-penalty": says("its shape depends on the strength of the penalty"),
        # Results on the way to their bars (calibrated.py).
        "not-a-number": says("not a finite number"),
        "reached": says(_reached),
        "reached-share": says(_reached_share, holds=lambda low, value, high: low <= value <= high),
        "no-better-than-nothing": says(
            "That is no better than an answer that has learnt nothing.",
            holds=lambda value, none, higher: value <= none if higher else value >= none,
        ),
        "falls-to": says(
            "{title}: it falls to {level:.3g}; full marks up to {full:.3g}.",
            holds=lambda level, highest: level < highest,
        ),
        "ends-at": says(
            "{title}: it ends at {level:.3g}; full marks up to {full:.3g}.",
            holds=lambda level, highest: level >= highest,
        ),
        "turns-up": says("It turns up again before its end."),
        "in-the-band": says(
            "It stays inside the band of the reference's curves.",
            holds=lambda above, below: above == below == 0,
        ),
        "nowhere-above": says(
            "It is nowhere above the band of the reference's curves.",
            holds=lambda above, below: above == 0 < below,
        ),
        "above-the-band": says(
            "For {above:.0%} of the way it is above the band of the reference's curves.",
            holds=lambda above: above > 0,
        ),
        "end-not-comparable": says("Its end cannot be checked against your model: {why!p}"),
        "end-not-comparable-at-all": says(
            "Its end cannot be checked against the loss that we measure."
        ),
        "end-agrees": says(_end_agrees),
        # What a claimed curve is (metrics.curves.Course).
        curves.Course.FALLS.value: says("it falls", holds=lambda start, end: end < start),
        curves.Course.TOO_SHORT.value: says(
            "it holds too few values to show a course", holds=lambda n: n < curves.FEWEST
        ),
        curves.Course.TOO_LONG.value: says(
            "it holds far more values than a training can give", holds=lambda n: n > curves.LONGEST
        ),
        curves.Course.NOT_FINITE.value: says(
            "it becomes NaN or infinite: the training diverged", holds=lambda finite, n: finite < n
        ),
        curves.Course.NEGATIVE.value: says(
            "it holds negative values, which this loss cannot take",
            holds=lambda lowest, highest: lowest < 0,
        ),
        curves.Course.CONSTANT.value: says(
            "it never changes", holds=lambda lowest, highest: highest - lowest <= 1e-9 * highest
        ),
        curves.Course.RULED.value: says("its steps follow an exact rule, as no training gives"),
        curves.Course.DIVERGES.value: says(
            "it ends above where it began: the training diverged",
            holds=lambda start, end: end > start,
        ),
        curves.Course.RISES.value: says("it rises", holds=lambda start, end: end > start),
        curves.Course.PLATEAU.value: says(
            "it does not fall: a plateau from the start",
            holds=lambda start, end, later: later >= start or end >= start,
        ),
        # Predictions (predictions.py, classified.py).
        "validation-loss": says("Validation loss"),
        "no-predictions": says("there are no predictions"),
        "there-are-none": says("there are none"),
        "empty": says("it is empty"),
        "class-numbers-for-probabilities": says(
            "class numbers are given where probabilities are asked for"
        ),
        "named-loss-agrees": says(
            "The loss that your run names agrees with the one that we measure."
        ),
        "named-loss-differs": says(
            "The loss that your run names does not agree with the one that we measure."
        ),
        "one-row-a-picture": says("one row of probabilities per picture is asked for"),
        "other-number-of-rows": says("the result has not as many rows as there are pictures"),
        "single-picture-differs": says(
            "a single picture is not answered like a picture among others"
        ),
        "unsteady-again": says(
            "the same pictures get other probabilities when they are asked about again"
        ),
        "depends-on-the-batch": says(
            "what a picture gets hangs on the pictures that it comes with"
        ),
        "no-probabilities": says("its rows are no probabilities"),
        "no-probabilities-unlike-model": says(
            "its rows are no probabilities, though those of your model are"
        ),
        "worse-than-model": says(
            "it does worse than your model itself on prepared pictures: is the normalisation "
            "missing, or dropout not at rest?",
            holds=lambda more: more > 0,
        ),
        "same-for-every-picture": says("it gives every picture the same, and your model does not"),
        "predictions-nan": says("the predictions are not numbers (NaN)"),
        "predictions-not-finite": says("the predictions hold NaN or infinity"),
        "not-class-numbers": says(
            "there is one number per image, but it is not a class number from 0 to {last}"
        ),
        "one-row-of": says("one row of {n} numbers per image is asked for"),
        "transposed": says("the result is transposed: {asked}"),
        "rows-not-by-class": says("the rows have not one number per class: {asked}"),
        "rows-not-by-image": says("the result has not as many rows as there are images: {asked}"),
        "not-two-axes": says("the result has not two axes: {asked}"),
        "class-numbers-no-loss": says("class numbers have no cross-entropy"),
        "not-one-number-an-epoch": says("the history is not one number per epoch"),
        "falls-incomparable": says(
            "{title}: it falls, but cannot be compared with your model: {why}."
        ),
        "history-of-a-guess": says(
            "{title}: it falls to {last:.3g}. With your model we measure {loss:.3g}. That is no "
            "lower than the loss of a guess: nothing was learnt.",
            holds=lambda loss, guess: loss >= 0.9 * guess,
        ),
        "history-agrees": says(
            "{title}: it falls to {last:.3g}. With your model we measure {loss:.3g}, which agrees.",
            holds=lambda named, loss: abs(named - loss) <= 0.05 * loss + 0.01,
        ),
        "history-of-another": says(
            "{title}: it falls to {last:.3g}. With your model we measure {loss:.3g}: the history "
            "is not that of this model.",
            holds=lambda last, lowest, loss: (
                min(abs(last - loss), abs(lowest - loss)) > 0.05 * loss + 0.01
            ),
        ),
        "confused-classes": says("{title}: which class is taken for which"),
        "most-confidently-wrong": says("{title}: most confidently wrong"),
        "wrongly-classified": says("{title}: wrong"),
        "taken-for": says("{right} taken for {found}", holds=lambda right, found: right != found),
        "taken-for-surely": says(
            "{right} taken for {found}, {sure:.0%} sure", holds=lambda sure: 0 <= sure <= 1
        ),
        # Networks (networks.py).
        "was-not-asked": says("it was not asked"),
        "network-not-looked-at": says("the network cannot be looked at"),
        "network-not-looked-at-because": says("the network cannot be looked at: {why}"),
        "too-many-parameters": says(
            "it has {n:,.0f} parameters, at most {most:,} are allowed",
            holds=lambda n, most: n > most,
        ),
        "too-few-convolutions": says(
            "it has {n:.0f} convolutional layers, {asked} are asked for",
            holds=lambda n, asked: n < asked,
        ),
        "other-number-of-outputs": says("it does not give {asked} numbers for each picture"),
        "outputs-no-probabilities": says(
            "its outputs are no probabilities: they are negative or do not sum to 1",
            holds=lambda lowest, off: not (lowest >= 0 and off <= 2e-2),
        ),
        # Trained networks and their `predict` (cifar_cnn.py, flowers_finetune.py).
        "accuracy": says("Accuracy"),
        "your-model": says("Your model"),
        "keras-model": says("Keras model"),
        "predict-right": says("`predict`: as it should be."),
        "predict-amiss": says("`predict`: {why}."),
        # Captions by chance (by_chance.py).
        "not-by-our-decoder": says("it does not write what our decoder says"),
        "not-the-likeliest-words": says(
            "without a temperature it does not keep to the likeliest words"
        ),
        "words-drawn-otherwise": says(
            "words are not drawn as often as their probabilities and the temperature say"
        ),
        "no-captions-by-chance": says("there are no captions by chance"),
        "not-one-caption-an-image": says("there is not one caption for each image"),
        "captions-hold-marks": says("captions hold the marks of their beginning or end"),
        "unsteady-without-temperature": says(
            "without a temperature it writes something else the next time"
        ),
        "same-at-temperature-1": says("with temperature 1 it writes the same every time"),
        "hotter-not-further": says(
            "a higher temperature does not lead further away from the likeliest captions"
        ),
    }
)
