"""The judges of names_rnn on evidence made of numbers: probabilities, texts, losses, names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assignments.names_rnn import invented, prepare
from graders.checks import names, spelling
from graders.core import pipeline
from graders.core.figures import Learning, Table
from graders.core.rubric import Calibrated
from graders.core.saying import follows, said, spoken
from graders.core.types import Answers, Array, CheckResult, Evidence, Outcome, Refusal, Submission
from graders.names_rnn import GRADER
from reference_solutions.names_rnn import unseen

RNG = np.random.default_rng(7)
TRAINING, SECRET, VALID = (
    (found := invented.draw(np.random.default_rng(3), 1100))[:600], found[600:1000], found[1000:]
)  # fmt: skip
COUNTED = prepare.Counted(TRAINING, VALID)


def beginnings(some: list[str], *, every: bool) -> tuple[dict[str, Array], dict[str, Any]]:
    rows = prepare.matrix(some)
    arguments, known = prepare._beginnings(rows, RNG, every=every)
    last = arguments["tokens"][np.arange(len(known["next"])), arguments["lengths"] - 1]
    known["pair_losses"] = COUNTED.pair_losses(last, known["next"])
    return arguments, {**known, "names": np.array(some), **COUNTED.losses(rows)}


(HIDDEN, KNOWN), (SEEN_ROWS, SHOWN) = (
    beginnings(some, every=every) for some, every in ((SECRET, False), (VALID, True))
)
KNOWN["training"] = np.array(TRAINING)
TOKENS, LABELS = prepare._spellings(SECRET, RNG)
CASES: dict[str, Any] = {
    **unseen.cases(3),
    "beginnings": (HIDDEN, SEEN_ROWS),
    "spellings": ({"tokens": TOKENS}, {"tokens": TOKENS[:20]}),
}
TRUTHS: dict[str, Any] = {
    "beginnings": (KNOWN, SHOWN),
    "spellings": ({"labels": LABELS}, {"labels": LABELS[:20]}),
}


def chances(case: dict[str, Any], right: float, mixed: float) -> Array:
    """Probabilities [2, n, 28]: what follows gets `right`, or `mixed` after shuffled letters."""
    n = len(case["next"])
    found = np.empty((2, n, 28))
    for rows, share in zip(found, (right, mixed), strict=True):
        rows[:] = (1 - share) / 27
        rows[np.arange(n), case["next"]] = share
    return found


def drawn_tokens(case: Mapping[str, Any]) -> Array:
    due = np.asarray(case["probs"], np.float64) ** (1 / case["temperature"])
    return np.random.default_rng(2).multinomial(case["count"], due / due.sum())


SAID = [chances(case, 0.2, 0.1) for case in (KNOWN, SHOWN)]
BLIND = [np.stack([rows[0]] * 2) for rows in SAID]  # what comes later changes nothing
COUNTS = [drawn_tokens(case) for case in CASES["temperature"]]
END = float(-np.log(0.2))
CURVE = END * (1 + 0.5 * np.exp(-np.arange(12.0) / 3)) + 0.002 * np.cos(np.arange(12))
CURVE[-1] = END
NEW = invented.draw(np.random.default_rng(99), 500)
DRAWN = prepare.matrix(NEW)[:, 1:15]
BARS = {
    "step_loss": Calibrated(2.4, 1.8, 1.85, 1.7, 0.03, 20),
    "model_loss": Calibrated(2.4, 1.8, 1.85, 1.7, 0.03, 20),
    "step_curve": Calibrated(2.85, 1.8, 1.85, 1.7, 0.03, 20),
    "name_distance": Calibrated(6.0, 1.6, 1.9, 1.2, 0.1, 20),
    "name_lengths": Calibrated(3.0, 0.6, 0.8, 0.2, 0.1, 20),
    "name_novelty": Calibrated(0.0, 0.8, 0.75, 0.9, 0.02, 20),
    "name_accuracy": Calibrated(0.5, 0.8, 0.75, 0.9, 0.02, 20),
}


def kept(case: Mapping[str, Any]) -> Array:
    """What a step that keeps its conditions leaves."""
    n = len(case["tokens"])
    rows = np.random.default_rng(n).dirichlet(np.ones(28), (4, n))
    rows[1] = rows[0]
    return np.concatenate([*rows, rows[0][:1]])


def own_texts(case: Mapping[str, Any]) -> tuple[str, Array]:
    count = int(case["count"])
    texts = [(str(case["seed_phrase"]) + name)[:14] for name in NEW[:count]]
    loss = np.random.default_rng(1).gamma(4.0, 1.0, count)
    sums = np.stack([loss, np.full(count, loss.mean()), np.full(count, 4.0)])
    return "\n".join(texts), np.concatenate([sums, sums])


SEEN: dict[str, Answers] = {
    "rnn_curve": ((CURVE,),),
    "own_loss": ((np.array(END),),),
    "to_matrix": tuple((np.arange(12).reshape(3, 4),) for _ in CASES["to_matrix"]),
    "masked_loss": tuple((np.array(2.0),) for _ in CASES["masked_loss"]),
    "names_loss": tuple((np.array(3.0),) for _ in CASES["names_loss"]),
    "names_rule": tuple((np.array(4.0),) for _ in CASES["names_loss"]),
    "generate": tuple((str(c["seed_phrase"]) + "a",) for c in CASES["generate"]),
    "temperature": tuple((counts,) for counts in COUNTS),
    "own_names": tuple(own_texts(c) for c in CASES["own_names"]),
    "conditions": tuple((kept(c),) for c in CASES["conditions"]),
    "drawn": ((DRAWN,),),
    "step": tuple((rows,) for rows in SAID),
    "alone": tuple((chances(case, 0.09, 0.1),) for case in (KNOWN, SHOWN)),
    "model": tuple((rows,) for rows in BLIND),
    "classifier": ((LABELS[:, None] * 0.8 + 0.1,), (LABELS[:20, None] * 1.0,)),
}


def graded(**changed: Answers | None) -> Mapping[str, CheckResult]:
    """Results by check, with some of the good evidence replaced or (None) left out."""
    seen = {k: v for k, v in {**SEEN, **changed}.items() if v is not None}
    who = Submission("names_rnn", "names_rnn", "student", Path("none"))
    grade = pipeline.grade(
        who, Evidence(seen, {}), (Evidence(SEEN),), CASES, GRADER,
        {"names_in_words": (2.0, "words")}, truths=TRUTHS, bars=BARS,
    )  # fmt: skip
    assert all(follows(GRADER.sentences, one) for r in grade.results for one in r.said)
    return {r.check: r for r in grade.results}


def tables(result: CheckResult) -> list[Table]:
    """What a result draws as tables, in words."""
    return [spoken(GRADER.sentences, f) for f in result.figures if isinstance(f, Table)]


def lost(results: Mapping[str, CheckResult]) -> set[str]:
    ours = [r for r in results.values() if r.outcome is not Outcome.BY_HAND]
    assert all(r.outcome is not Outcome.HELD for r in ours), [r.staff_note for r in ours]
    return {r.check for r in ours if (r.points or 0) < r.max_points}


STEP = {"check_step_loss", "check_history"}
PRODUCT = {"check_samples", "check_new"}


def test_good_evidence_loses_nothing_and_draws_what_the_student_may_see() -> None:
    results = graded()
    assert lost(results) == set()
    (table,) = tables(results["check_step_loss"])
    assert table.headings == ("read so far", "most likely next", "really next", "its probability")
    shown = {str(text) for row in table.rows for text in row[:1]} - {"(start)"}
    assert shown
    assert all(any(name.startswith(text) for name in VALID) for text in shown)
    (texts,) = tables(results["check_generate"])
    assert len(texts.rows) == len(CASES["own_names"])
    assert [type(f) for f in results["check_losses"].figures] == [Learning]


def test_no_held_out_name_is_in_any_figure_or_word() -> None:
    written = {
        word
        for result in graded().values()
        for table in tables(result)
        for row in table.rows
        for text in row
        for word in str(text).replace(",", " ").split()
    }
    assert not written & (set(SECRET) - set(NEW))


def test_counting_pairs_of_letters_earns_nothing() -> None:
    share = float(np.exp(-2.4))
    poor = ((chances(KNOWN, share, share),), (chances(SHOWN, share, share),))
    results = graded(step=poor)
    assert lost(results) == STEP
    assert results["check_step_loss"].points == pytest.approx(0, abs=1e-6)
    assert "hardly uses more than the last letter" in results["check_history"].feedback


@pytest.mark.parametrize("by_last_letter", [(0.21, 0.1), (0.1, 0.21), (0.2, 0.2)])
def test_a_state_that_changes_what_is_said_for_no_good_is_no_history(
    by_last_letter: tuple[float, float],
) -> None:
    """Whatever is read before the last letter, nothing or START, must not do as well."""
    alone = tuple((chances(case, *by_last_letter),) for case in (KNOWN, SHOWN))
    results = graded(alone=alone)
    assert lost(results) == {"check_history"}
    assert "no better than when it reads the last" in results["check_history"].feedback
    refused = graded(alone=tuple(Refusal(said("stops-with", error="ValueError")) for _ in alone))
    assert lost(refused) == {"check_history"}
    assert "when a letter stands alone, it stops" in refused["check_history"].feedback


def test_who_is_too_sure_of_the_right_letter_still_has_a_history() -> None:
    """Names learnt by heart make other names a large loss, but more of their letters right."""
    n = len(KNOWN["next"])
    sure = np.full((2, n, 28), 1e-9)
    for rows, every in zip(sure, (2, 3), strict=True):  # of two or three names one is known
        letter = (KNOWN["next"] + (np.arange(n) % every > 0)) % 28
        rows[np.arange(n), letter] = 1 - 27e-9
    vague = chances(KNOWN, 0.03, 0.03)
    results = graded(step=((sure,), (SAID[1],)), alone=((vague,), (SAID[1],)))
    assert results["check_history"].points == 1


def test_what_is_not_about_the_next_letter_has_no_history() -> None:
    other = ((chances(KNOWN, 0.02, 0.01),), (chances(SHOWN, 0.02, 0.01),))
    results = graded(step=other)
    assert lost(results) == STEP
    assert "always naming the commonest" in results["check_history"].feedback
    unsure = ((chances(KNOWN, 0.05, 0.04),), (chances(SHOWN, 0.05, 0.04),))
    less = tuple((chances(case, 0.04, 0.04),) for case in (KNOWN, SHOWN))
    assert lost(graded(step=unsure, alone=less)) == {"check_step_loss"}


@pytest.mark.parametrize("scale", [1.0, 5.0])
def test_scores_before_a_softmax_are_read_as_what_they_are(scale: float) -> None:
    logits = tuple((np.log(rows) + scale,) for rows in SAID)
    assert lost(graded(step=logits)) == set()


@pytest.mark.parametrize(
    "odd",
    [np.array(np.nan), np.zeros(3), "text", np.full((2, 400, 28), np.nan), np.zeros((2, 3, 28)),
     Refusal(said("stops-with-own-error")), np.full((2, 400, 28), 1e308), np.zeros((0,))],
)  # fmt: skip
def test_predictions_of_any_kind_earn_nothing_and_hold_nothing(odd: Any) -> None:
    answer = ((odd,), (odd,))
    results = graded(step=answer, model=answer, drawn=((odd,),), classifier=answer)
    assert lost(results) >= STEP | PRODUCT
    assert results["check_step_loss"].points == pytest.approx(0)
    assert results["check_samples"].points == 0


def test_a_model_that_looks_ahead_earns_nothing() -> None:
    changed = BLIND[0].copy()
    changed[1, 5] = np.roll(changed[1, 5], 3)
    results = graded(model=((changed,), (BLIND[1],)))
    assert lost(results) == {"check_model"}
    assert results["check_model"].points == 0
    assert "looks ahead" in results["check_model"].feedback


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda r, n: r[:-1], "28 probabilities"),
        (lambda r, n: r * np.nan, "not finite"),
        (lambda r, n: r * 2, "no probabilities"),
        (lambda r, n: np.full_like(r, 1e308), "no probabilities"),
        (lambda r, n: np.concatenate([r[:n], np.roll(r[n : 2 * n], 1, 1), r[2 * n :]]), "again"),
        (lambda r, n: np.concatenate([r[:-1], np.roll(r[-1:], 1, 1)]), "read with"),
        (lambda r, n: np.concatenate([r[: 2 * n], r[:n], r[3 * n :]]), "state changes nothing"),
        (lambda r, n: np.concatenate([r[: 3 * n], r[:n], r[-1:]]), "token changes nothing"),
    ],
)
def test_a_step_is_told_which_condition_it_breaks(change: Any, words: str) -> None:
    bad = tuple((change(kept(c), len(c["tokens"])),) for c in CASES["conditions"])
    results = graded(conditions=bad)
    assert lost(results) == {"check_step"}
    assert words in results["check_step"].feedback


def test_a_wrong_loss_is_charged_once() -> None:
    wrong = tuple((np.array(9.0),) for _ in CASES["names_loss"])
    assert lost(graded(masked_loss=tuple((np.array(5.0),) for _ in CASES["masked_loss"]))) == {
        "check_masked_loss"
    }
    assert lost(graded(names_loss=wrong)) == set()  # right with a made-up loss
    assert lost(graded(names_rule=wrong)) == set()  # a loss of its own, written out
    assert lost(graded(names_loss=wrong, names_rule=wrong)) == {"check_names_loss"}


@pytest.mark.parametrize(
    ("curve", "points"),
    [
        (CURVE, 2.0),
        (CURVE + 0.4, 1.0),
        (np.append(CURVE, END * 1.02), 2.0),
        (CURVE * np.nan, 0.0),
        (np.linspace(3, END, 12), 0.0),
        (np.full(12, END), 0.0),
        (CURVE[:2], 0.0),
        (np.zeros((4, 3)), 0.0),
        ("text", 0.0),
    ],
)
def test_named_losses_are_compared_with_the_network(curve: Any, points: float) -> None:
    assert graded(rnn_curve=((curve,),))["check_losses"].points == pytest.approx(points)


def test_losses_that_turn_up_again_are_honest_where_the_best_weights_are_kept() -> None:
    down, up = np.linspace(2.63, END, 12), np.linspace(END, 2.81, 18)[1:]
    curve = np.concatenate([down, up]) + 0.004 * np.cos(np.arange(29))
    curve[11] = END
    assert lost(graded(rnn_curve=((curve,),))) == set()


def test_losses_by_the_own_wrong_formula_agree_with_it() -> None:
    own = ((np.array(END / 2),),)
    assert graded(rnn_curve=((CURVE / 2,),), own_loss=own)["check_losses"].points == 2
    assert graded(rnn_curve=((CURVE / 2,),), own_loss=None)["check_losses"].points == 1
    odd = ((np.array(np.nan),),)
    assert graded(rnn_curve=((CURVE / 2,),), own_loss=odd, step=None)["check_losses"].points == 1


def test_training_names_are_neither_like_nor_new() -> None:
    results = graded(drawn=((prepare.matrix(TRAINING[:500])[:, 1:15],),))
    assert lost(results) == PRODUCT
    assert results["check_samples"].points == results["check_new"].points == 0


def test_one_name_over_and_over_earns_next_to_nothing() -> None:
    results = graded(drawn=((np.repeat(DRAWN[:1], 500, axis=0),),))
    assert sum(results[c].points or 0 for c in PRODUCT) < 0.1


def test_names_made_of_letters_are_new_and_unlike() -> None:
    made = names.of_letters(TRUTHS["beginnings"], 500)
    results = graded(drawn=((prepare.matrix(made)[:, 1:15],),))
    assert lost(results) == PRODUCT
    assert (results["check_samples"].points or 0) < 0.5


@pytest.mark.parametrize(
    ("turn", "points"),
    [(lambda p: p, 2.0), (lambda p: p[:, 0], 2.0), (lambda p: 20 * (p - 0.5), 2.0),
     (lambda p: 1 - p, 0.0), (lambda p: 0 * p, 0.0), (lambda p: p[:-1], 0.0),
     (lambda p: p * np.inf, 0.0)],
)  # fmt: skip
def test_a_classifier_is_paid_by_what_it_tells_apart(turn: Any, points: float) -> None:
    right = SEEN["classifier"][0][0]  # type: ignore[index]
    results = graded(classifier=((turn(right),), (turn(right),)))
    assert results["check_classifier"].points == pytest.approx(points, abs=0.05)


def test_the_sources_for_kernel_and_sandbox_are_python() -> None:
    for text in (
        spelling.ASK_MATRIX,
        spelling.TENSORS,
        spelling.ask_names_loss(made_up=True),
        spelling.ask_names_loss(made_up=False),
        spelling.OWN_LOSS,
        spelling.ASK_GENERATE,
        spelling.ASK_TEMPERATURE,
        spelling.ASK_OWN,
        spelling.ASK_STEP,
        spelling.ASK_CONDITIONS,
        spelling.ASK_DRAWN,
        spelling.ASK_MODEL,
        spelling.OBSERVE_MODEL,
    ):
        found = compile(text, "<source>", "exec").co_names
        assert "ask" in found or "observe" in found


@pytest.mark.parametrize("value", [np.nan, -np.inf, 1e308, -1e308, -1.0])
@pytest.mark.parametrize("name", sorted(SEEN))
def test_answers_of_the_right_shape_and_odd_values_hold_nothing(name: str, value: float) -> None:
    def odd(item: Any) -> Any:
        return np.full(item.shape, value) if isinstance(item, np.ndarray) else item

    changed: Answers = tuple(
        a if isinstance(a, Refusal) else tuple(map(odd, a)) for a in SEEN[name]
    )
    with np.errstate(over="ignore", invalid="ignore"):  # 1e308 less -1e308, on the way to "wrong"
        lost(graded(**{name: changed}))  # it looks for points that are held
