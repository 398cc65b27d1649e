"""The judges of face_autoencoder on evidence made of numbers: codes, faces, noise, walks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.checks import face_functions, faces
from graders.core import catalogue, pipeline
from graders.core.figures import Pictures
from graders.core.rubric import Calibrated
from graders.core.types import Answers, Array, CheckResult, Evidence, Outcome, Refusal, Submission
from graders.face_autoencoder import GRADER, noise_left_otherwise, one_jump, pca_itself
from tests.told import told

N, SIZE, NOISY, STEPS = 60, 8, 40, 9
RNG = np.random.default_rng(6)
ATTRIBUTES = RNG.random((N, 2))
# A face is one smooth picture of its code, so that neighbours are alike.
CODES = np.concatenate([ATTRIBUTES, RNG.normal(0, 0.1, (N, SIZE - 2))], axis=1)
MIX = RNG.normal(0, 0.2, (SIZE, 8 * 8 * 3))


def drawn(codes: Array) -> Array:
    return (0.5 * np.tanh(codes @ MIX)).reshape(*codes.shape[:-1], 8, 8, 3)


FACES = ((drawn(CODES) + 0.5) * 255).round().astype(np.uint8)
TRUE = FACES / 255 - 0.5
NOISE = RNG.normal(0, 0.25, TRUE[:NOISY].shape)
REDRAWN = TRUE + RNG.normal(0, 0.05, TRUE.shape)
WAY = np.linspace(0, 1, STEPS)[:, None]
WALKS = drawn(CODES[0:20:2, None] + WAY * (CODES[1:21:2] - CODES[0:20:2])[:, None])
MSE = float(np.mean((REDRAWN - TRUE) ** 2))
HISTORY = np.array([0.04, 0.011, 0.006, MSE])
CLEANED = TRUE[:NOISY] + 0.2 * NOISE

DRAWN = catalogue.unseen_cases("face_autoencoder", 3, frozenset({"faces", "noisy"}))
CASES: Mapping[str, Any] = {
    **DRAWN,
    "faces": ({"images": FACES}, {"images": FACES}),
    "noisy": tuple({"images": (TRUE[:NOISY] + NOISE + 0.5) * 255} for _ in range(2)),
    "noised": DRAWN["noised"][2:4],  # the smaller ones: they are judged in every test
}
FACT = {"code_size": np.array(SIZE), "pca_mse": np.array(0.008), "attributes": ATTRIBUTES}
TRUTHS = {"faces": (FACT, FACT), "noisy": ({"sigma": np.array(0.25)},) * 2}
BARS = {
    "face_error": Calibrated(1.0, 0.8, 0.85, 0.75, 0.01, 20),
    "noise_error": Calibrated(0.02, 0.008, 0.009, 0.007, 0.0003, 20),
    "ae_curve": Calibrated(0.04, 0.008, 0.009, 0.006, 0.0005, 20),
    "even_walks": Calibrated(0.0, 0.8, 0.75, 1.0, 0.0, 20),
}
BUILT = np.array([1.0, 1.0, 1.0, 1.0, 0.3])


def both(value: Array) -> Answers:
    return ((value,), (value,))


def noised(sigma_of: Any = lambda s: s) -> Answers:
    rng = np.random.default_rng(12)
    found = []
    for case in CASES["noised"]:
        X, sigma = np.asarray(case["X"], float), float(case["sigma"])
        found.append((X + rng.normal(0, 1, (2, *X.shape)) * sigma_of(sigma),))
    return tuple(found)


def components(**change: Any) -> Answers:
    found = []
    for case in CASES["fit_pca"]:
        X, size = np.asarray(case["X"]), int(case["code_size"])
        mean = X.mean(axis=0)
        found.append((mean, np.linalg.svd(X - mean)[2][:size]))
    return tuple(found)


SEEN: dict[str, Answers] = {
    "valid_loss": ((HISTORY,),),
    "codes": both(CODES),
    "redrawn": both(REDRAWN),
    "noisy_redrawn": both(TRUE[:NOISY]),
    "denoised": both(CLEANED),
    "walks": both(WALKS),
    "built": tuple((BUILT,) for _ in CASES["built"]),
    "noised": noised(),
    "fit_pca": components(),
}
OURS = ("check_pca", "check_build", "check_curve", "check_end", "check_reconstruction",
        "check_noise", "check_denoiser", "check_neighbours", "check_smooth")  # fmt: skip


def graded(**changed: Answers | None) -> Mapping[str, CheckResult]:
    """Results by check, with some of the good evidence replaced or (None) left out."""
    seen = {k: v for k, v in {**SEEN, **changed}.items() if v is not None}
    submission = Submission("generative", "face_autoencoder", "student", Path("none"))
    grade = pipeline.grade(
        submission, Evidence(seen, {}), (Evidence(SEEN),), CASES, GRADER,
        {"faces_in_words": (2.0, "words")}, truths=TRUTHS, bars=BARS,
    )  # fmt: skip
    return {r.check: r for r in grade.results}


def lost(results: Mapping[str, CheckResult]) -> set[str]:
    assert all(results[name].outcome is not Outcome.HELD for name in OURS), results
    return {name for name in OURS if (results[name].points or 0) < results[name].max_points}


def test_good_evidence_loses_nothing_and_draws_rows_that_say_what_to_look_for() -> None:
    results = graded()
    assert lost(results) == set()
    for name, columns in (("reconstruction", 8), ("denoiser", 8), ("neighbours", 6), ("smooth", 9)):
        (pictures,) = [f for f in results[f"check_{name}"].figures if isinstance(f, Pictures)]
        assert pictures.columns == columns
        assert len(pictures.images) % columns == 0
        assert len(pictures.captions) == len(pictures.images)
        assert pictures.note
    assert "that of PCA with as many numbers 0.00800" in results["check_reconstruction"].feedback


def test_nothing_is_earned_for_what_pca_reaches() -> None:
    away = np.sqrt(0.0081)
    result = graded(redrawn=both(TRUE + away))["check_reconstruction"]
    assert result.points == 0
    assert pca_itself((FACT,)) == 1


@pytest.mark.parametrize(
    ("redrawn", "words"),
    [
        (np.full(TRUE.shape, np.nan), "not finite"),
        (TRUE[:, :4], "not the shape"),
        (np.array(1.0), "not the shape"),
        (TRUE * 1e300, "Squared error"),
    ],
)
def test_faces_that_are_none_lose_what_is_measured_on_them(redrawn: Array, words: str) -> None:
    results = graded(redrawn=both(redrawn))
    assert lost(results) == {"check_reconstruction", "check_end"}
    assert words in results["check_reconstruction"].feedback


@pytest.mark.parametrize("codes", [CODES[:, :5], np.tile(CODES, 2), CODES[:-1], CODES * np.nan])
def test_only_as_many_numbers_as_are_asked_for_may_pass(codes: Array) -> None:
    results = graded(codes=both(codes))
    assert lost(results) == {"check_reconstruction", "check_end", "check_neighbours"}


def test_one_code_for_all_is_no_neighbourhood() -> None:
    results = graded(codes=both(np.ones((N, SIZE))))
    assert lost(results) == {"check_neighbours"}
    assert "all faces get the same" in results["check_neighbours"].feedback


def test_codes_that_know_nothing_of_the_faces_are_told_by_chance() -> None:
    codes = np.random.default_rng(1).normal(size=(N, SIZE))
    assert lost(graded(codes=both(codes))) == {"check_neighbours"}


def test_cleaned_faces_of_another_shape_are_none() -> None:
    result = graded(denoised=both(TRUE[:3]))["check_denoiser"]
    assert result.points == 0
    assert result.feedback.startswith("Cleaned faces: the pictures have not the shape")


def test_a_denoiser_that_does_nothing_earns_nothing() -> None:
    result = graded(denoised=both(TRUE[:NOISY] + NOISE))["check_denoiser"]
    assert result.points == 0
    assert "-0.1 dB" in result.feedback


def test_what_earns_nothing_at_cleaning_is_the_best_of_what_needs_no_denoiser() -> None:
    def none(plain: Array, sigma: float = 0.25) -> float:
        sigmas = ({"sigma": np.array(sigma)},) * 2
        return noise_left_otherwise(
            both(plain), sigmas, CASES["noisy"], CASES["faces"], TRUTHS["faces"]
        )

    rows = TRUE.reshape(N, -1)
    leading = np.linalg.eigh(np.cov(rows.T))[1][:, -SIZE:]
    away = (TRUE[:NOISY] + NOISE).reshape(NOISY, -1) - rows.mean(axis=0)
    left = rows.mean(axis=0) + away @ leading @ leading.T - rows[:NOISY]
    by_pca = float(np.mean(left**2))
    assert 0.0001 < by_pca < 0.0625
    assert none(TRUE[:NOISY] + 0.01) == pytest.approx(0.0001)
    assert none(TRUE[:NOISY] + 0.5) == pytest.approx(by_pca, rel=1e-6)
    assert none(np.zeros(3)) == pytest.approx(by_pca, rel=1e-6)
    assert none(np.zeros(3), sigma=0.001) == pytest.approx(1e-6)


@pytest.mark.parametrize(
    ("strips", "words"),
    [
        (np.repeat(WALKS[:, [0, -1]], [5, 4], axis=1), "no better than"),
        (np.repeat(WALKS[:, :1], STEPS, axis=1), "hardly change"),
        (WALKS * 40, "leave the range"),
        (np.full(WALKS.shape, np.inf), "not finite"),
        (np.zeros((0, STEPS, 8, 8, 3)), "no morphs"),
        (np.zeros(7), "right shape"),
    ],
)
def test_walks_that_jump_stand_or_leave_the_range_lose(strips: Array, words: str) -> None:
    results = graded(walks=both(strips))
    assert lost(results) == {"check_smooth"}
    assert words in results["check_smooth"].feedback


def test_walks_of_one_jump_are_what_earns_nothing() -> None:
    assert one_jump(SEEN["walks"]) == 0


@pytest.mark.parametrize(
    ("losses", "missing"),
    [
        (np.array([0.04, 0.011, 0.006, 0.001]), {"check_end"}),
        (np.array([0.04, 0.011, MSE, 1.3 * MSE]), set()),
        # The best weights were taken back, however long the loss rose before.
        (np.array([0.04, 0.011, MSE, *np.linspace(2, 9, 8) * MSE]), set()),
        (np.array([0.04, 0.03, 0.02, 0.01]), {"check_end", "check_curve"}),
        (np.array([np.nan, 0.01, 0.004]), {"check_end", "check_curve"}),
        (np.array([]), {"check_end", "check_curve"}),
    ],
)
def test_a_history_that_is_not_that_of_the_models_loses_its_claims(losses, missing) -> None:
    assert lost(graded(valid_loss=((losses,),))) == missing


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (0, "`code_size` numbers"),
        (1, "the shape that was asked for"),
        (2, "NaN"),
        (3, "another code"),
        (4, "both models are linear"),
    ],
)
def test_a_pair_that_does_not_fit_is_told_why(place: int, words: str) -> None:
    facts = BUILT.copy()
    facts[place] = 0
    finding = face_functions.built(((facts,),) * 5)
    assert finding.credit == 0
    assert words in told(finding)


@pytest.mark.parametrize(
    ("size", "words"),
    [(lambda s: s**2, "standard deviation"), (lambda s: 0, "two calls add the same")],
)
def test_noise_of_another_size_loses(size, words: str) -> None:
    results = graded(noised=noised(size))
    assert lost(results) == {"check_noise"}
    assert words in results["check_noise"].feedback


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda added: added + 0.5, "not the mean 0"),
        (lambda added: np.repeat(added[:, :, ::2], 2, axis=2), "neighbouring numbers"),
        (lambda added: np.sign(added), "not normally distributed"),
        (lambda added: added * [[[[[1.0]]]], [[[[np.nan]]]]], "not finite, or huge"),
        (lambda added: added[:1], "not the shape of the pictures"),
    ],
)
def test_noise_of_another_kind_is_told_why(change, words: str) -> None:
    clean = np.zeros((8, 20, 20, 3))
    added = np.random.default_rng(5).normal(0, 1, (2, *clean.shape))
    case = {"X": clean, "sigma": np.array(1.0)}
    finding = face_functions.noise(((change(added),),), (case,), ())
    assert finding.credit == 0
    assert words in told(finding)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m, c: (m, c.T), "stand in columns"),
        (lambda m, c: (m, 1.5 * c), "not orthogonal"),
        (lambda m, c: (0 * m, c), "the mean is not"),
        (lambda m, c: (m,), "two things"),
        (lambda m, c: (m, np.linalg.qr(np.eye(c.shape[1])[:, : len(c)])[0].T), "smaller error"),
        (lambda m, c: (m, c * np.nan), "not finite"),
        (lambda m, c: (m * 1e300, c), "the mean is wrong"),
        (lambda m, c: (m, 1e3 * c), "not length 1"),
        (lambda m, c: (m[:-1], c), "one number for every column"),
        (lambda m, c: (m, c[:, :-1]), "one row for each component"),
    ],
)
def test_components_that_are_not_principal_are_told_why(change, words: str) -> None:
    answers = tuple(change(m, c) for m, c in SEEN["fit_pca"])  # type: ignore[misc]
    results = graded(fit_pca=answers)
    assert lost(results) == {"check_pca"}
    assert words in results["check_pca"].feedback


def test_other_signs_and_another_order_are_right() -> None:
    answers = tuple((m, -c[::-1]) for m, c in SEEN["fit_pca"])  # type: ignore[misc, index, operator]
    assert lost(graded(fit_pca=answers)) == set()


def test_a_model_that_did_not_leave_the_notebook_earns_nothing_and_holds_nothing() -> None:
    results = graded(codes=None, redrawn=None, walks=None, denoised=None, noisy_redrawn=None)
    assert lost(results) == {"check_end", "check_reconstruction", "check_denoiser",
                             "check_neighbours", "check_smooth"}  # fmt: skip


def test_a_decoder_is_given_codes_and_nothing_of_the_faces() -> None:
    for observation in GRADER.observations:
        if observation.of == "decoder_file":
            assert observation.room == "decoder"
            assert observation.also in ("codes", "noisy_codes")
            assert all(set(case) <= {"bits", "pairs", "steps"} for case in CASES[observation.cases])
        else:
            assert observation.room != "decoder"
        assert not observation.otherwise  # in the notebook's own kernel all models share a memory


def test_unreadable_answers_are_refused() -> None:
    assert isinstance(faces.pictures((), 0, (1,)), Refusal)
    assert isinstance(faces.walked((), CASES["faces"], 0), Refusal)
    assert faces.rows("none", [], [], "") == ()
