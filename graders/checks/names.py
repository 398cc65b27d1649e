"""Names on the host: how well letters are predicted, what invented names are like, what is drawn.

The held-out set `beginnings` has a secret case (one beginning of each name) and a shown one (all
beginnings of all names that students validate on). What follows them never leaves the host.
"""

from dataclasses import replace

import numpy as np

from graders.checks import calibrated, compare, predictions, spelled, spelling
from graders.checks.judging import Bar, course_told
from graders.core.figures import Figure, Learning, Scale, Table, Words
from graders.core.rubric import Calibrated, Measure
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Finding, Refusal, Truths
from graders.metrics import curves, sequences
from graders.metrics.samples import Estimate

HELD_OUT, SHOWN = 0, 1
_SMALLEST = 1e-7  # of a probability: Keras clips here, too
_CAUSAL = 1e-2  # by which a probability may move with half precision or another kernel
# Claimed and measured losses are of the same weights and names.
SAME_LOSS, ROUNDED = 0.05, 0.01
_FEWEST = 20  # well-formed names that can be compared with real ones
_ROWS = 10  # of a table

# --- predictions ----------------------------------------------------------------------------------


def chances(answers: Answers, truth: Truths, case: int) -> Array | Refusal:
    """What a step makes of one case: probabilities [2, n, 28] float64, or why there are none.

    Rows that are no probabilities are taken for scores before a softmax.
    """
    if case >= len(answers):
        return Refusal(said("no-predictions"))
    found = compare.one(answers[case])
    if isinstance(found, Refusal):
        return found
    n = len(truth[case]["next"])
    if found.shape != (2, n, spelling.TOKENS):
        return Refusal(said("one-row-a-name", n=spelling.TOKENS))
    if not np.isfinite(found).all():
        return Refusal(said("step-not-finite"))
    rows = found.astype(np.float64).reshape(2 * n, -1)
    if not spelled.are_chances(rows):
        powers = np.exp(np.clip(rows - rows.max(axis=1, keepdims=True), -700, 0))
        rows = powers / powers.sum(axis=1, keepdims=True)
    return rows.reshape(2, n, -1)


def losses(rows: Array, truth: Truths, case: int) -> Array:
    """-ln p of what follows each beginning [n], from probabilities [n, 28]."""
    right = rows[np.arange(len(rows)), np.asarray(truth[case]["next"])]
    return np.asarray(-np.log(np.clip(right, _SMALLEST, 1.0)))


def loss(answers: Answers, truth: Truths, case: int = HELD_OUT) -> Estimate | Refusal:
    """Cross-entropy of a letter (nats), with its interval over names, or why there is none.

    Measured beside counted pairs of the same letters, whose loss over all letters is known.
    """
    found = chances(answers, truth, case)
    if isinstance(found, Refusal):
        return found
    known = truth[case]
    return sequences.adjusted(
        losses(found[0], truth, case),
        np.asarray(known["weights"]),
        np.asarray(known["pair_losses"]),
        float(np.asarray(known["bigram"])),
    )


def predicted(
    found: Estimate | Refusal, bar: Calibrated, measure: Measure, title: str, truth: Truths
) -> Finding:
    """A loss on the way from that of counted pairs to its bar.

    Args:
        title: code of whose loss it is.
    """
    if isinstance(found, Refusal):
        return Finding(0.0, said("titled", title=said(title), why=found.why))
    judged = calibrated.judged(found.value, 0, bar, measure, title)
    beside = said(
        "beside-counting",
        value=found.value,
        low=found.low,
        high=found.high,
        letters=float(np.asarray(truth[HELD_OUT]["unigram"])),
        pairs=bar.none,
    )
    scale = Scale(said(title), found.value, found.low, found.high, bar.none, bar.full, measure.unit)
    return replace(judged, said=(*judged.all_said, beside), figures=(scale,))


def history(answers: Answers, alone: Answers, cases: Cases, truth: Truths) -> Finding:
    """Whether predictions rest on the letters before the last: surely, or not.

    They must get worse when these come in another order, and be better than what the step says of
    the last letter alone, by their loss or by the share of likeliest letters that are right: a
    state that was never trained on changes predictions, too, but for no good.

    Only of a step that speaks of the next letter: its likeliest one must be right more often than
    the commonest of all. What is about something else gets worse or better by luck. How sure a step
    is does not matter here: whoever learnt names by heart has read them, too.

    Args:
        answers, alone: of ASK_STEP and ASK_ALONE.
    """
    found, short = chances(answers, truth, HELD_OUT), chances(alone, truth, HELD_OUT)
    title = said("read-before")
    if isinstance(found, Refusal):
        return Finding(0.0, said("titled", title=title, why=found.why))
    if isinstance(short, Refusal):
        why = said("letter-alone", why=short.why)
        return Finding(0.0, said("titled", title=title, why=why))
    far = np.asarray(cases[HELD_OUT]["lengths"]) > 3  # a start, two letters to exchange, the last
    after, weights = (np.asarray(truth[HELD_OUT][k]) for k in ("next", "weights"))
    right, mixed, *lone = (losses(rows, truth, HELD_OUT)[far] for rows in (*found, *short))
    gain = sequences.gained(mixed, right, weights[far])
    order = said("loses-by-order", title=title, gain=gain.value, low=gain.low, high=gain.high)
    hit, _, *named = ((rows.argmax(axis=1) == after) * 1.0 for rows in (*found, *short))
    hits = float(np.average(hit, weights=weights))
    commonest = float(np.bincount(after, weights).max() / weights.sum())
    by_loss = [sequences.gained(rows, right, weights[far]) for rows in lone]
    by_name = [sequences.gained(hit[far], rows[far], weights[far]) for rows in named]
    helps = any(all(e.low > 0 for e in some) for some in (by_loss, by_name))
    measured = {"gain": gain.value, "hits": hits, "commonest": commonest}
    measured["gain over the last letter"] = min(e.value for e in by_loss)
    measured["hits over the last letter"] = min(e.value for e in by_name)
    if hits <= commonest:
        more = said("no-oftener-than-commonest", hits=hits, commonest=commonest)
        return Finding(0.0, (order, more), measured)
    if gain.low <= 0:
        return Finding(0.0, (order, said("hardly-uses-earlier", low=gain.low)), measured)
    if not helps:
        surely = [[e.low for e in some] for some in (by_loss, by_name)]
        return Finding(0.0, (order, said("no-better-than-last", surely=surely)), measured)
    return Finding(1.0, order, measured)


def looks_ahead(answers: Answers, truth: Truths) -> Said | None:
    """That what a model says of a beginning depends on the letters that come after it, or None."""
    found = chances(answers, truth, HELD_OUT)
    if isinstance(found, Refusal):
        return None
    moved = float(np.abs(found[0] - found[1]).max())
    return said("looks-ahead", moved=moved) if moved > _CAUSAL else None


def expected(answers: Answers, cases: Cases, truth: Truths) -> tuple[Figure, ...]:
    """Beginnings of shown names, with what was expected next; () where there is nothing."""
    found = chances(answers, truth, SHOWN)
    if isinstance(found, Refusal):
        return ()
    tokens = np.asarray(cases[SHOWN]["tokens"])
    after = np.asarray(truth[SHOWN]["next"])
    rows = []
    for k in np.linspace(0, len(tokens) - 1, 2 * _ROWS).astype(int):
        best = np.argsort(-found[0, k], kind="stable")[:3]
        guess = said("likely-next", guesses=[(_token(int(t)), found[0, k, t]) for t in best])
        start = "".join(spelling.TEXT[t] for t in tokens[k] if t > spelling.START)
        rows.append(
            (
                start or said("start-of-name"),
                guess,
                _token(int(after[k])),
                f"{found[0, k, after[k]]:.0%}",
            )
        )
    columns = ("read-so-far", "most-likely-next", "really-next", "its-probability")
    title, note = said("network-expects"), said("look-at-expected")
    return (Table(title, tuple(map(said, columns)), tuple(rows), note),)


def _token(token: int) -> Words:
    return said("end-of-name") if token == spelling.PAD else spelling.TEXT[token]


def told_apart(answers: Answers, truth: Truths, case: int = HELD_OUT) -> float | Refusal:
    """Share of names and disordered ones that are told for what they are, in 0..1.

    A number is taken for a probability, or for a logit where some lie outside of 0..1.
    """
    labels = np.asarray(truth[case]["labels"])
    found = compare.one(answers[case]) if case < len(answers) else Refusal(said("there-are-none"))
    if isinstance(found, Refusal):
        return found
    if found.shape not in ((len(labels), 1), (len(labels),)):
        return Refusal(said("one-number-a-row"))
    if not np.isfinite(found).all():
        return Refusal(said("its-numbers-not-finite"))
    flat = np.ravel(found).astype(np.float64)
    middle = 0.5 if flat.min() >= 0 and flat.max() <= 1 else 0.0
    return float(np.mean((flat > middle) == (labels == 1)))


# --- the losses that the run names ----------------------------------------------------------------


def curve(claimed: Answers) -> Array | Refusal:
    """Losses after each epoch [epochs], or why there are none."""
    found = compare.one(claimed[0]) if claimed else Refusal(said("there-are-none"))
    if isinstance(found, Refusal):
        return found
    if found.size != max(found.shape, default=0) or found.size < curves.FEWEST:
        return Refusal(said("losses-not-one-an-epoch"))
    return np.ravel(found).astype(np.float64)


def claimed_losses(
    claimed: Answers, band: Calibrated, step: Answers, own: Answers, truth: Truths
) -> Finding:
    """Half for a curve that falls as training does, half for its end.

    The last or the lowest value must be the loss that we measure with the step on all letters of
    the shown names, or that which the student's own `names_loss` gives: what is wrong with that one
    is charged there.
    """
    title = said("your-losses")
    values = curve(claimed)
    if isinstance(values, Refusal):
        return Finding(0.0, said("titled", title=title, why=values.why))
    course = curves.course(values, band.none)
    if not (course.is_training or predictions.fell(values)):
        amiss = said("titled", title=title, why=course_told(course, values))
        return Finding(0.0, amiss, {"values": float(values.size)})
    figure = Learning(title, values, band.low, band.high, "nats a letter", step="epoch")
    measured = loss(step, truth, SHOWN) if step else Refusal(said("no-predictions"))
    by_own = compare.one(own[0]) if own else Refusal(said("there-are-none"))
    ends = [] if isinstance(measured, Refusal) else [measured.value]
    if not isinstance(by_own, Refusal) and by_own.size == 1:
        ends.append(float(by_own.reshape(())))
    last, lowest = float(values[-1]), float(values.min())
    agrees = any(
        abs(named - end) <= SAME_LOSS * abs(end) + ROUNDED
        for named in (last, lowest)
        for end in ends
        if np.isfinite(end)
    )
    fall = {"title": title, "first": values[0], "last": last, "unlearnt": band.none}
    told: tuple[Said, ...]
    if isinstance(measured, Refusal):
        told = (said("losses-fall-unmeasured", **fall, why=measured.why),)
    else:
        told = (said("losses-fall", **fall, loss=measured.value),)
    if not agrees:
        told += (said("losses-end-elsewhere", last=last, lowest=lowest, ends=ends),)
    return Finding(1.0 if agrees else 0.5, told, {"last": last}, (figure,))


# --- invented names -------------------------------------------------------------------------------


def drawn(answers: Answers) -> list[str] | Refusal:
    """Names that the step drew, as they are; at least one."""
    found = compare.one(answers[0]) if answers else Refusal(said("there-are-none"))
    if isinstance(found, Refusal):
        return found
    if found.ndim != 2 or found.shape[1] != spelling.LONGEST or not len(found):
        return Refusal(said("names-unreadable"))
    if not np.isfinite(found).all():
        return Refusal(said("names-unreadable"))
    return spelled.words(found)


def _names(truth: Truths, what: str) -> list[str]:
    name = "names" if what == "real" else "training"
    return [str(n) for n in np.asarray(truth[HELD_OUT][name]).tolist()]


def _good(answers: Answers) -> list[str] | Refusal:
    found = drawn(answers)
    if isinstance(found, Refusal):
        return found
    good = [name for name in found if sequences.well_formed(name, spelling.LONGEST)]
    if len(good) >= _FEWEST:
        return good
    return Refusal(said("hardly-any-small-letters", n=len(good), fewest=_FEWEST))


def distance(answers: Answers, truth: Truths) -> float | Refusal:
    """Pairs of letters, in units of what as many real names have: 1 is as good."""
    found = _good(answers)
    return found if isinstance(found, Refusal) else _distance(found, truth)


def _distance(names: list[str], truth: Truths) -> float:
    return sequences.unlike_real(names, _names(truth, "real"), _names(truth, "training"))


def lengths(answers: Answers, truth: Truths) -> float | Refusal:
    """How far the lengths are from those of real names, in letters."""
    found = _good(answers)
    if isinstance(found, Refusal):
        return found
    return sequences.lengths(found, _names(truth, "real"))


def new(answers: Answers, truth: Truths) -> Estimate | Refusal:
    """The share that are names by their form, no training names, and come for the first time."""
    found = drawn(answers)
    if isinstance(found, Refusal):
        return found
    return sequences.novelty(found, _names(truth, "training"), spelling.LONGEST)


def of_letters(truth: Truths, count: int) -> list[str]:
    """Names of somebody who knows only how often each letter comes."""
    return sequences.by_letters(_names(truth, "training"), count, spelling.LONGEST)


def distance_of_letters(truth: Truths, count: int) -> float:
    return _distance(of_letters(truth, count), truth)


def lengths_of_letters(truth: Truths, count: int) -> float:
    return sequences.lengths(of_letters(truth, count), _names(truth, "real"))


def novelty_of_copies(truth: Truths, count: int) -> float:
    """What training names reach, handed in as they are."""
    known = _names(truth, "training")
    return sequences.novelty(known[:count], known, spelling.LONGEST).value


def likeness(
    answers: Answers, truth: Truths, bars: tuple[Calibrated, Calibrated, Calibrated]
) -> Finding:
    """Half for pairs of letters, half for lengths; copies of training names are not counted.

    Args:
        bars: of the distance, of the lengths, of novelty.
    """
    away, long, share = distance(answers, truth), lengths(answers, truth), new(answers, truth)
    for value in (away, long, share):
        if isinstance(value, Refusal):
            return Finding(0.0, said("titled", title=said("names-drawn"), why=value.why))
    assert not isinstance(away, Refusal)
    assert not isinstance(long, Refusal)
    assert not isinstance(share, Refusal)
    pairs, sizes = Bar(bars[0]), Bar(bars[1])
    paid = Bar(bars[2]).credit(share.value)
    told: tuple[Said, ...] = (
        said("pairs-apart", distance=away, full=bars[0].full),
        said("lengths-apart", distance=long, full=bars[1].full),
    )
    if paid < 1:
        told += (said("copies-not-counted", new=share.value, full=bars[2].full),)
    credit = paid * (pairs.credit(away) + sizes.credit(long)) / 2
    near = bool(credit < 1) and all(
        b.credit(v) == 1 or b.near(v)
        for b, v in ((pairs, away), (sizes, long), (Bar(bars[2]), share.value))
    )
    return Finding(credit, told, {"pairs": away, "lengths": long}, (), near)


def newness(
    answers: Answers, truth: Truths, bars: tuple[Calibrated, Calibrated], measure: Measure
) -> Finding:
    """By the share of new names, where they are like names at all.

    Args:
        bars: of the distance, of novelty.
    """
    away, share = distance(answers, truth), new(answers, truth)
    title = "new-names"
    if isinstance(share, Refusal):
        return Finding(0.0, said("titled", title=said(title), why=share.why))
    if isinstance(away, Refusal):
        return Finding(0.0, said("titled", title=said(title), why=away.why))
    if Bar(bars[0]).credit(away) == 0:
        why = said("too-far-to-be-new", distance=away, none=bars[0].none)
        return Finding(0.0, said("titled", title=said(title), why=why))
    return calibrated.judged(share.value, share.n, bars[1], measure, title, held_out=False)


def written(own: Answers, asked: Cases, truth: Truths) -> tuple[Figure, ...]:
    """Names that `generate_sample` wrote, a row for each request; () where there are none."""
    rows = []
    known = set(_names(truth, "training"))
    for answer, case in zip(own, asked, strict=False):
        texts = spelled.texts_of(answer, int(case["count"]))
        if isinstance(texts, Refusal):
            continue
        copies = sum(t in known for t in texts) / len(texts)
        seed, heat = str(case["seed_phrase"]), float(case["temperature"])
        rows.append((f"{heat:g}", seed, spelled.several(texts), f"{copies:.0%}"))
    if not rows:
        return ()
    columns = ("the-temperature", "begins-with", "names-of-your-network", "of-the-training-set")
    title, note = said("names-written"), said("look-at-written")
    return (Table(title, tuple(map(said, columns)), tuple(rows), note),)
