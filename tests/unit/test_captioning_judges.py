"""The judges of captioning's functions: texts, vocabularies, matrices, batches, decoders, steps."""

import json
from typing import Any

import numpy as np
import pytest

from graders.captioning import GRADER, PARAMETERS
from graders.checks import batching, decoders
from graders.core.types import Answers
from reference_solutions.captioning import unseen
from tests.told import told
from tests.unit.captioning_evidence import CASES, CURVE, LOSS, MADE, SEEN, graded, lost
from tests.unit.test_assignment_captioning import solved


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (lambda ws: [[w.upper() for w in s] for s in ws], "lower case"),
        (lambda ws: [[*s, ""] for s in ws], "empty words"),
        (lambda ws: [s[::-1] for s in ws], "order"),
        (lambda ws: [[w + "." for w in s] for s in ws], "others"),
        (lambda ws: "text", "others"),
        (lambda ws: {"a": 1}, "others"),
    ],
)
def test_words_that_differ_are_told_how(answers: Any, words: str) -> None:
    right = [json.loads(str(a[0])) for a in SEEN["split_sentence"]]  # type: ignore[index]
    found = tuple((json.dumps(answers(ws)),) for ws in right)
    results = graded(split_sentence=found)
    assert lost(results) == {"check_split_sentence"}
    assert words in results["check_split_sentence"].feedback


def altered(name: str, change: Any) -> dict[str, Answers]:
    """Own and rule answers, changed alike."""
    found: dict[str, Answers] = {}
    for kind in ("own", "rule"):
        answers = [json.loads(str(a[0])) for a in SEEN[f"{name}_{kind}"]]  # type: ignore[index]
        found[f"{name}_{kind}"] = tuple((json.dumps(change(a)),) for a in answers)
    return found


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a: [a[0][1:], True], "#PAD# is not in it"),
        (lambda a: [a[0][:-1], True], "missing"),
        (lambda a: [[*a[0], ["xyzzy", len(a[0])]], True], "should not"),
        (lambda a: [[[w, k + 1] for w, k in a[0]], True], "0, 1, 2"),
        (lambda a: [[[w, 0] for w, _ in a[0]], True], "0, 1, 2"),
        (lambda a: [a[0], False], "alters"),
        (lambda a: [[["a"]], True], "no dict"),
        (lambda a: 7, "no dict"),
    ],
)
def test_vocabularies_are_told_what_is_wrong(change: Any, words: str) -> None:
    results = graded(**altered("vocabulary", change))
    assert lost(results) == {"check_vocabulary"}
    assert words in results["check_vocabulary"].feedback


def test_a_vocabulary_in_any_order_is_right() -> None:
    def turned(a: Any) -> Any:
        return [[[w, len(a[0]) - 1 - k] for w, k in a[0]], True]

    assert lost(graded(**altered("vocabulary", turned))) == set()


@pytest.mark.parametrize("name", ["vocabulary", "indices"])
def test_wrong_splitting_is_charged_where_it_is_written_alone(name: str) -> None:
    nothing: Answers = (("[]",),) * len(SEEN[f"{name}_own"])
    assert lost(graded(**{f"{name}_own": nothing})) == set()
    assert lost(graded(**{f"{name}_rule": None})) == set()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda cs: [c[1:] for c in cs], "START"),
        (lambda cs: [c[:-1] for c in cs], "END"),
        (lambda cs: [[c[0], *c[:0:-1][1:], c[-1]] for c in cs], "others"),
        (lambda cs: [], "as many"),
    ],
)
def test_indices_are_told_what_is_wrong(change: Any, words: str) -> None:
    results = graded(**altered("indices", lambda a: [[change(image) for image in a[0]], True]))
    assert lost(results) == {"check_indices"}
    assert words in results["check_indices"].feedback


def test_matrices_are_told_what_is_wrong() -> None:
    right = [np.asarray(a[0]) for a in SEEN["matrix"]]  # type: ignore[index]
    pads = [c["pad_idx"] for c in CASES["matrix"]]
    for change, words in (
        (lambda m, p: np.where(m == p, 1000, m), "pad_idx"),
        (lambda m, p: m[:, ::-1], "at the end"),
        (lambda m, p: m[:, :-1], "narrower"),
        (lambda m, p: np.pad(m, ((0, 0), (0, 2))), "wider"),
        (lambda m, p: m.T[:2], "no matrix"),
    ):
        found = tuple((change(m, p), np.array(1.0)) for m, p in zip(right, pads, strict=True))
        results = graded(matrix=found)
        assert lost(results) == {"check_matrix"}
        assert words in results["check_matrix"].feedback


def test_a_matrix_function_that_alters_its_captions_pays_for_it() -> None:
    scope: dict[str, Any] = {}
    exec(batching.MATRIX, scope)

    def altering(batch_captions: list[list[int]], pad_idx: int, max_len: int | None = None) -> Any:
        columns = min(max(map(len, batch_captions)), max_len or 1000)
        for caption in batch_captions:
            caption += [pad_idx] * columns
            del caption[columns:]
        return np.array(batch_captions)

    found = tuple(
        tuple(map(np.asarray, scope["ask"](altering, *c.values()))) for c in CASES["matrix"]
    )
    results = graded(matrix=found)
    assert lost(results) == {"check_matrix"}
    assert 0 < (results["check_matrix"].points or 0) < 2
    assert "alters `batch_captions`" in results["check_matrix"].feedback


def test_batches_are_not_charged_for_a_wrong_matrix_of_captions() -> None:
    functions = solved()
    broken = functions["generate_batch"]
    broken.__globals__["batch_captions_to_matrix"] = lambda *_: np.zeros((2, 2))
    found: dict[str, Answers] = {}
    for name, made_up in (("batches", False), ("batches_rule", True)):
        scope: dict[str, Any] = {}
        exec(batching.ask_batches(made_up=made_up), scope)
        answers = [scope["ask"](broken, *c.values()) for c in CASES["batches"]]
        found[name] = tuple(tuple(map(np.asarray, a)) for a in answers)
    assert lost(graded(**found)) == set()
    assert lost(graded(**{**found, "batches_rule": None})) == {"check_batch"}


def test_honest_batches_are_never_taken_for_others_by_chance() -> None:
    for case in CASES["batches"]:
        two = 2 * len(case["numbers"]) * (1 - case["batch_size"] / len(case["numbers"]) / 2) ** 120
        assert unseen.CALLS == 120
        assert two < 1e-7


def test_a_loss_of_another_scale_is_not_charged_again_in_the_losses_of_the_run() -> None:
    summed = 4000 * np.array([*CURVE[:-1], LOSS])
    own = ((np.array(4000 * LOSS),),)
    results = graded(validation_curve=((summed,),), own_loss=own)
    assert lost(results) == set()
    assert "your own `masked_loss` gives" in results["check_losses"].feedback
    assert lost(graded(validation_curve=((summed,),))) == {"check_losses"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x, t: (np.roll(x, 1, axis=1), t, 1.0), "different pictures"),
        (lambda x, t: (x, t * 0 - 1, 1.0), "no whole caption"),
        (lambda x, t: (x * 0 - 1, t, 1.0), "none of those"),
        (lambda x, t: (x[:, :1].repeat(x.shape[1], 1), t[:, :1].repeat(x.shape[1], 1), 1.0),
         "twice"),
        (lambda x, t: (x[:1].repeat(len(x), 0), t[:1].repeat(len(x), 0), 1.0), "same pictures"),
        (lambda x, t: (x[:, :-1], t[:, :-1], 1.0), "as many rows"),
        (lambda x, t: (x, t, 0.0), "a matrix of features"),
        (lambda x, t: (x, t), "a matrix of features"),
    ],
)  # fmt: skip
def test_batches_are_told_what_is_wrong(change: Any, words: str) -> None:
    batches: Any = SEEN["batches"]
    found = tuple(
        tuple(np.asarray(v) for v in change(np.asarray(x), np.asarray(t))) for x, t, _ in batches
    )
    results = graded(batches=found, batches_rule=found)
    assert lost(results) == {"check_batch"}
    assert words in results["check_batch"].feedback


def test_always_the_first_caption_of_a_picture_is_noticed() -> None:
    batches: Any = SEEN["batches"]
    found = []
    for (x, _, whole), case in zip(batches, CASES["batches"], strict=True):
        found.append((x, case["numbers"][np.asarray(x, int), 0], whole))
    results = graded(batches=tuple(found), batches_rule=tuple(found))
    assert "always the same caption" in results["check_batch"].feedback


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (0, 2e7, "20,000,000 parameters"),
        (1, 0, "each place"),
        (2, 0, "not finite"),
        (3, 0, "another image"),
        (4, 0.3, "come later"),
        (5, 0, "last word alone"),
        (6, 1, "probabilities"),
        (7, 0, "next time"),
    ],
)
def test_new_decoders_are_told_which_condition_they_miss(
    place: int, value: float, words: str
) -> None:
    facts = MADE.copy()
    facts[place] = value
    assert words in told(decoders.problem((facts,), PARAMETERS))
    assert lost(graded(made=((facts,),) * 3)) == {"check_decoder"}


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (lambda e, r: e.mean(), "padding counts"),
        (lambda e, r: e[r].sum() / e.size, "padding included"),
        (lambda e, r: e[r].sum(), "a sum"),
        (lambda e, r: np.mean([x[y].mean() for x, y in zip(e, r, strict=True)]), "count alike"),
        (lambda e, r: -e[r].mean(), "wrong sign"),
        (lambda e, r: np.nan, "not finite"),
        (lambda e, r: e[r], "not one number"),
    ],
)
def test_losses_are_told_what_is_wrong(of: Any, words: str) -> None:
    found = tuple((np.asarray(of(*decoders._losses(c))),) for c in CASES["masked_loss"])
    results = graded(masked_loss=found)
    assert lost(results) == {"check_masked_loss"}
    assert words in results["check_masked_loss"].feedback


def test_a_step_is_judged_by_its_move_and_its_loss_and_once() -> None:
    right: Any = SEEN["train_step"]
    cases = CASES["steps"]
    starts = [[np.asarray(c[n], float) for n in decoders._WEIGHTS] for c in cases]
    for change, words in (
        (lambda a, s: (a[0], *(2 * x - y for x, y in zip(s, a[1:], strict=True))), "wrong sign"),
        (lambda a, s: (a[0], *s), "do not move"),
        (lambda a, s: (np.array(0.1), *a[1:]), "loss that it returns"),
        (lambda a, s: a[:2], "something else"),
        (lambda a, s: (a[0], *(np.zeros(2),) * 3), "cannot be read"),
    ):
        found = tuple(change(a, s) for a, s in zip(right, starts, strict=True))
        results = graded(train_step=found, train_rule=found)
        assert lost(results) == {"check_train_step"}
        assert words in results["check_train_step"].feedback
        assert lost(graded(train_step=found)) == set(), "the loss is charged elsewhere"


def test_moves_that_are_too_long_by_one_factor_or_another_are_one_problem() -> None:
    right: Any = SEEN["train_step"]
    found = []
    for k, (answer, case) in enumerate(zip(right, CASES["steps"], strict=True)):
        starts = [np.asarray(case[n], float) for n in decoders._WEIGHTS]
        moved = [s + (k + 2) * (x - s) for s, x in zip(starts, answer[1:], strict=True)]
        found.append((answer[0], *moved))
    results = graded(train_step=tuple(found), train_rule=tuple(found))
    words = f"on {len(found)} the move of the weights: it is too large by a constant factor."
    assert results["check_train_step"].feedback.endswith(words)


def test_the_sources_for_kernel_and_sandbox_are_python() -> None:
    sources = [a.via for a in GRADER.evidence if a.via] + [o.source for o in GRADER.observations]
    assert len(sources) > 12
    for text in sources:
        names = compile(text, "<source>", "exec").co_names
        assert "ask" in names or "observe" in names


def test_no_question_holds_the_word_that_follows() -> None:
    asked = {a.name: a.cases for a in GRADER.evidence}
    assert list(asked)[-1] == "words_in_kernel", "what people began to write is shown last"
    assert asked["captions"] == "images"
    assert set(CASES["words"][0]) == {"features", "prefixes"}
