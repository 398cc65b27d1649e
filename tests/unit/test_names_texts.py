"""What names_rnn says of texts: by steps of ours, and by the notebook's own network."""

import contextlib
from random import Random
from typing import Any

import numpy as np
import pytest

from graders.checks import spelled, spelling
from graders.core.saying import said
from graders.core.types import Answers, Refusal
from tests.unit.test_names_judges import (
    CASES,
    COUNTS,
    SEEN,
    drawn_tokens,
    graded,
    kept,
    lost,
    own_texts,
)


def test_a_step_without_probabilities_is_not_charged_again_where_names_are_drawn() -> None:
    stops = tuple(Refusal(said("stops-with", error="ValueError")) for _ in CASES["own_names"])
    every = [kept(c) for c in CASES["conditions"]]
    scores = tuple((9 * rows - 3,) for rows in every)
    by_chance = tuple((np.roll(rows, 1, axis=1),) for rows in every)
    for rows, (drawn,) in zip(every, by_chance, strict=True):
        drawn[: len(rows) // 4] = rows[: len(rows) // 4]
    for conditions in (
        scores,
        by_chance,
        tuple(Refusal(said("stops-with-own-error")) for _ in scores),
    ):
        assert lost(graded(own_names=stops, conditions=conditions)) == {"check_step"}
    assert lost(graded(own_names=stops)) == {"check_generate"}


def test_rows_of_tokens_become_texts_up_to_their_end() -> None:
    rows = np.array([[2, 3, 0, 4], [0, 2, 2, 2], [2, 1, 3, 99]])
    assert spelled.words(rows) == ["ab", "", "a^bz"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t, c: "x" + t, "seed phrase"),
        (lambda t, c: t + "a" * 20, "too long"),
        (lambda t, c: t[: len(str(c["seed_phrase"]))] + "b", "not those that the step asks"),
        (lambda t, c: np.array(3.0), "no text"),
    ],
)
def test_texts_by_a_sure_step_are_told_what_is_wrong(change: Any, words: str) -> None:
    wrong = tuple(
        (change(a[0], c),)  # type: ignore[index]
        for a, c in zip(SEEN["generate"], CASES["generate"], strict=True)
    )
    results = graded(generate=wrong)
    assert lost(results) == {"check_generate"}
    assert words in results["check_generate"].feedback


def test_texts_that_the_network_would_not_write_are_noticed() -> None:
    def turned(by: float, by_other: float = 0.0) -> Answers:
        texts = (own_texts(c) for c in CASES["own_names"])
        by_row = np.array([by, 1, 1, by_other or by, 1, 1])[:, None]
        return tuple((t, by_row * r) for t, r in texts)

    for by, words in ((2.0, "less likely"), (0.3, "more likely")):
        results = graded(own_names=turned(by))
        assert lost(results) == {"check_generate"}
        assert words in results["check_generate"].feedback
    # A START that is drawn within a name may end it, or be drawn again.
    for other in ((2.0, 1.0), (1.0, 2.0)):
        assert lost(graded(own_names=turned(*other))) == set()
    for odd in (Refusal(said("stops-with-own-error")), np.zeros(3), "a\nb"):
        results = graded(own_names=((odd,),) * len(CASES["own_names"]))
        assert lost(results) == {"check_generate"}


def test_a_start_that_is_drawn_now_and_then_costs_nothing_and_one_in_every_text_does() -> None:
    def with_start(share: float) -> Answers:
        found = []
        for case in CASES["own_names"]:
            text, sums = own_texts(case)
            texts = text.split("\n")
            for k in range(max(1, int(share * len(texts)))):
                seed = len(str(case["seed_phrase"]))
                texts[k] = texts[k][:seed] + "^" + texts[k][seed + 1 :]
                sums[[0, 3], k] += 27.0  # as if it could not be
            found.append(("\n".join(texts), sums))
        return tuple(found)

    for few in (0.0, 0.12):
        assert lost(graded(own_names=with_start(few))) == set()
    for many in (0.3, 1.0):
        results = graded(own_names=with_start(many))
        assert lost(results) == {"check_generate"}
        assert "the sign of START" in results["check_generate"].feedback


@pytest.mark.parametrize("taken", [lambda t: 1.0, lambda t: 1 / t, lambda t: t**2 / 1.2])
def test_another_temperature_than_asked_for_shows_in_the_counts(taken: Any) -> None:
    wrong = tuple(
        (drawn_tokens({**c, "temperature": taken(c["temperature"])}),) for c in CASES["temperature"]
    )
    assert lost(graded(temperature=wrong)) == {"check_temperature"}
    fewer = tuple((counts // 2,) for counts in COUNTS)
    assert graded(temperature=fewer)["check_temperature"].points == 0


def test_honest_draws_pass_the_temperature_and_the_texts_nearly_always() -> None:
    def problems(seed: int) -> int:
        rng = np.random.default_rng(seed)
        found = 0
        for case in CASES["temperature"]:
            due = np.asarray(case["probs"], np.float64) ** (1 / case["temperature"])
            counts = rng.multinomial(case["count"], due / due.sum())
            found += spelled._cooled((counts,), case) is not None
        return found

    assert sum(map(problems, range(500))) == 0


@pytest.mark.parametrize("slip", ["", "one letter more", "one letter less", "a mark before it"])
def test_who_miscounts_letters_still_draws_the_first_as_often_as_asked(slip: str) -> None:
    """The question as it is put, with a step that is no tensor."""
    source = spelling.ASK_TEMPERATURE.split("def ask(")[1]
    scope: dict[str, Any] = {"np": np, "standing_in": lambda **_: contextlib.nullcontext()}
    exec("def ask(" + source, scope)
    draws = Random(3)

    def generate(_: str, max_length: int, temperature: float) -> str:
        powers = np.asarray(probs, np.float64) ** (1 / temperature)
        size = max_length + {"one letter more": 1, "one letter less": -1}.get(slip, 0)
        letters = draws.choices(spelling.TEXT, powers.tolist(), k=size)
        text = "".join(letters).split("#")[0]
        return "^" + text if slip == "a mark before it" else text

    found = []
    for case in CASES["temperature"]:
        probs = case["probs"]
        found.append((scope["ask"](generate, probs, case["temperature"], case["count"]),))
    assert lost(graded(temperature=tuple(found))) == set()
