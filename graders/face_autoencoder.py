"""face_autoencoder: squeeze a 32x32 face into a few numbers, draw it again, clean it, morph it.

The encoder is asked about held-out faces in one sandbox, the decoder in another, in which there
are no faces: only the codes are handed over, as float16. How well they do is told beside PCA with
as many numbers, fitted on the same training faces. Pixels lie in [-0.5, 0.5] throughout.

Training on the shown faces cannot be seen here, and earns nothing: the held-out ones are others,
of other people, and the validation loss is a claim.
"""

import numpy as np

from graders.checks import (
    calibrated,
    check,
    claim,
    compare,
    curve_in_band,
    earned_if,
    face_functions,
    faces,
    measure,
    observe,
    predictions,
    same_values,
)
from graders.checks.faces import HELD_OUT, SHOWN
from graders.core.figures import Figure
from graders.core.rubric import Ask, Calibrated, Grader, Observation
from graders.core.saying import said
from graders.core.types import Answers, Array, Cases, Finding, Limits, Refusal, Truths
from graders.metrics import images
from graders.sentences.face_autoencoder import SENTENCES

NEIGHBOURS = 5
ROWS = 3  # of morphs and neighbours, in a report
WIDE = 8  # faces of a row, in a report


# --- drawn again -------------------------------------------------------------------------------


def pca_itself(codes_truth: Truths) -> float:
    """What the best linear code of that size leaves, on the same scale."""
    left = float(codes_truth[HELD_OUT]["pca_mse"])
    return images.against(left, left)


@measure("face_error", higher=False, unit="of what PCA leaves", baseline=pca_itself)
def face_error(
    redrawn: Answers, codes: Answers, codes_cases: Cases, codes_truth: Truths
) -> float | Refusal:
    """Mean squared error on held-out faces, beside that of PCA with as many numbers."""
    found = faces.error(redrawn, codes, codes_cases, codes_truth, HELD_OUT)
    if isinstance(found, Refusal):
        return found
    return images.against(found, float(codes_truth[HELD_OUT]["pca_mse"]))


@check(
    "check_reconstruction",
    points=5,
    asks="Faces that you do not have come back from their codes better than PCA can draw them.",
)
def reconstruction(
    redrawn: Answers,
    codes: Answers,
    codes_cases: Cases,
    codes_truth: Truths,
    face_error_bar: Calibrated,
) -> Finding:
    found = faces.error(redrawn, codes, codes_cases, codes_truth, HELD_OUT)
    if isinstance(found, Refusal):
        return earned_if(False, said("titled", title=said("faces-drawn-again"), why=found.why))
    floor = float(codes_truth[HELD_OUT]["pca_mse"])
    value, title = images.against(found, floor), "squared-error"
    judged = calibrated.judged(value, 0, face_error_bar, face_error, title)
    beside = said("error-beside-pca", error=found, psnr=images.psnr(found), pca=floor)
    return predictions.adding(judged, _redrawn_beside(redrawn, codes_cases), beside)


def _redrawn_beside(redrawn: Answers, cases: Cases) -> tuple[Figure, ...]:
    shown = faces.prepared(np.asarray(cases[SHOWN]["images"]))
    drawn = faces.pictures(redrawn, SHOWN, shown.shape)
    if isinstance(drawn, Refusal):
        return ()
    return faces.rows(
        said("shown-faces-drawn-again"),
        [shown[:WIDE], drawn[:WIDE]],
        [said("row-of-faces"), said("row-drawn-again")],
        said("look-for-what-is-lost"),
    )


# --- noise taken away --------------------------------------------------------------------------


def noise_left_otherwise(
    noisy_redrawn: Answers,
    denoised_truth: Truths,
    denoised_cases: Cases,
    codes_cases: Cases,
    codes_truth: Truths,
) -> float:
    """What PCA leaves, or the autoencoder that never saw noise, or doing nothing: the least."""
    nothing = float(denoised_truth[HELD_OUT]["sigma"]) ** 2
    by_pca = faces.cleaned_by_pca(denoised_cases, codes_cases, codes_truth)
    plain = faces.cleaned_error(noisy_redrawn, codes_cases, HELD_OUT, _count(denoised_cases))
    return min(nothing, by_pca, nothing if isinstance(plain, Refusal) else plain)


def _count(cases: Cases) -> int:
    return len(np.asarray(cases[HELD_OUT]["images"]))


@measure("noise_error", higher=False, unit="squared pixel units", baseline=noise_left_otherwise)
def noise_error(denoised: Answers, denoised_cases: Cases, codes_cases: Cases) -> float | Refusal:
    """Mean squared error between cleaned held-out faces and the same without noise."""
    return faces.cleaned_error(denoised, codes_cases, HELD_OUT, _count(denoised_cases))


@check(
    "check_denoiser",
    points=3,
    asks="`denoiser` takes noise away from faces that you do not have.",
)
def denoising(
    denoised: Answers,
    denoised_cases: Cases,
    denoised_truth: Truths,
    codes_cases: Cases,
    noise_error_bar: Calibrated,
) -> Finding:
    value = faces.cleaned_error(denoised, codes_cases, HELD_OUT, _count(denoised_cases))
    if isinstance(value, Refusal):
        return earned_if(False, said("titled", title=said("cleaned-faces"), why=value.why))
    title = "error-of-cleaned-faces"
    judged = calibrated.judged(value, 0, noise_error_bar, noise_error, title)
    before = float(denoised_truth[HELD_OUT]["sigma"]) ** 2
    gain = images.gain(value, before)
    beside = said("better-than-noisy" if gain > 0 else "no-better-than-noisy", gain=gain)
    figures = _cleaned_beside(denoised, denoised_cases, codes_cases)
    return predictions.adding(judged, figures, beside)


def _cleaned_beside(denoised: Answers, noisy_cases: Cases, cases: Cases) -> tuple[Figure, ...]:
    noisy = faces.prepared(np.asarray(noisy_cases[SHOWN]["images"]))
    cleaned = faces.pictures(denoised, SHOWN, noisy.shape)
    if isinstance(cleaned, Refusal):
        return ()
    clean = faces.prepared(np.asarray(cases[SHOWN]["images"])[:WIDE])
    return faces.rows(
        said("shown-faces-cleaned"),
        [noisy[:WIDE], cleaned[:WIDE], clean],
        [said("row-with-noise"), said("row-cleaned"), said("row-without-noise")],
        said("look-at-the-middle-row"),
    )


# --- what the run left: claims -------------------------------------------------------------------


@measure("ae_curve", higher=False, unit="mean squared error")
def ae_curve(valid_loss: Answers) -> Array | Refusal:
    """The validation loss that the run names, epoch by epoch."""
    return predictions.curve(valid_loss)


@check(
    "check_end",
    points=1,
    claim=True,
    asks="The validation loss that your run names is the one that we find with your models.",
)
def claimed_end(
    valid_loss: Answers, redrawn: Answers, codes: Answers, codes_cases: Cases, codes_truth: Truths
) -> Finding:
    measured = faces.error(redrawn, codes, codes_cases, codes_truth, SHOWN)
    return faces.claimed_end(valid_loss, measured)


# --- functions -----------------------------------------------------------------------------------


@check("check_pca", points=2, asks="`fit_pca` finds the directions in which rows vary most.")
def pca(fit_pca: Answers, fit_pca_cases: Cases, fit_pca_changed: tuple[str, ...]) -> Finding:
    return face_functions.components(fit_pca, fit_pca_cases, fit_pca_changed)


@check(
    "check_build",
    points=3,
    asks="`build_deep_autoencoder` gives a pair that fits, for any code size and shape.",
)
def building(built: Answers) -> Finding:
    return face_functions.built(built)


@check(
    "check_noise",
    points=2,
    asks="`apply_gaussian_noise` adds normally distributed noise of the given size, each time new.",
)
def noising(noised: Answers, noised_cases: Cases, noised_changed: tuple[str, ...]) -> Finding:
    return face_functions.noise(noised, noised_cases, noised_changed)


# --- neighbours ----------------------------------------------------------------------------------


@check(
    "check_neighbours",
    points=2,
    asks="Faces with neighbouring codes have more in common than any two.",
)
def neighbours(codes: Answers, codes_cases: Cases, codes_truth: Truths) -> Finding:
    found = faces.codes_of(codes, codes_truth, codes_cases, HELD_OUT)
    if isinstance(found, Refusal):
        return earned_if(False, said("titled", title=said("codes-of-faces"), why=found.why))
    spread = np.ptp(found, axis=0).max()
    if not spread:
        return earned_if(False, said("one-code-for-all", spread=spread))
    shared = images.agreement(found, codes_truth[HELD_OUT]["attributes"], NEIGHBOURS)
    more = shared.low > 0
    facts = {"agreement": shared.value, "low": shared.low, "high": shared.high}
    code = "neighbours-agree" if more else "neighbours-by-chance"
    judged = earned_if(more, said(code, **facts), **facts)
    return predictions.adding(judged, _nearest_shown(codes, codes_cases, codes_truth))


def _nearest_shown(codes: Answers, cases: Cases, truth: Truths) -> tuple[Figure, ...]:
    found = faces.codes_of(codes, truth, cases, SHOWN)
    if isinstance(found, Refusal):
        return ()
    shown = faces.prepared(np.asarray(cases[SHOWN]["images"]))
    near = images.nearest(found, NEIGHBOURS)[:ROWS]
    return faces.rows(
        said("shown-faces-with-the-nearest"),
        [shown[[k, *row]] for k, row in enumerate(near)],
        [said("row-of-a-face")] * ROWS,
        said("look-at-what-neighbours-share"),
    )


# --- morphs --------------------------------------------------------------------------------------


def one_jump(walks: Answers) -> float:
    """Walks that stay at the first face and then jump to the other."""
    return faces.one_jump(walks)


def how_many(walks: Answers) -> int:
    found = compare.one(walks[HELD_OUT]) if walks else Refusal(said("there-are-none"))
    return 0 if isinstance(found, Refusal) or not found.ndim else len(found)


@measure("even_walks", unit="share of walks", baseline=one_jump, size=how_many)
def even_walks(walks: Answers, codes_cases: Cases) -> float | Refusal:
    """Between pairs of held-out faces, through the code: those that lead there step by step."""
    found = faces.walked(walks, codes_cases, HELD_OUT)
    return found if isinstance(found, Refusal) else found[0]


@check(
    "check_smooth",
    points=2,
    asks="On the way from face to face, your decoder draws pictures that change step by step.",
)
def smoothness(walks: Answers, codes_cases: Cases, even_walks_bar: Calibrated) -> Finding:
    found = faces.walked(walks, codes_cases, HELD_OUT)
    if isinstance(found, Refusal):
        return earned_if(False, said("titled", title=said("morphs"), why=found.why))
    value, told = found
    title = "walks-without-a-jump"
    judged = calibrated.judged(value, how_many(walks), even_walks_bar, even_walks, title)
    strips = compare.one(walks[SHOWN]) if len(walks) > SHOWN else Refusal(said("there-are-none"))
    drawn: tuple[Figure, ...] = ()
    if not isinstance(faces.walked(walks, codes_cases, SHOWN), Refusal):
        assert not isinstance(strips, Refusal)  # `walked` has looked
        drawn = faces.rows(
            said("morphs-between-shown-faces"),
            list(strips[:ROWS]),
            [],
            said("look-for-even-steps"),
        )
    return predictions.adding(judged, drawn, *told)


# --- the rubric ----------------------------------------------------------------------------------


def _file(variable: str) -> Ask:
    """A model leaves the notebook as a file, or not at all: in one kernel they share a memory."""
    return observe.model(variable, variable=variable, cases="faces")[0]


GRADER = Grader(
    assignment="generative",
    notebook="face_autoencoder",
    version=4,  # raise it whenever a judgement changes
    # No size is asked of the networks: a compiled model leaves with three numbers a weight.
    limits=Limits(
        cell_s=240, wall_s=480, ask_s=180, cpu_s=900, memory_mib=3072, file_mib=128,
        output_mib=192, processes=512,
    ),
    full_limits=Limits(
        cell_s=3600, wall_s=5400, ask_s=300, cpu_s=12000, memory_mib=6144, file_mib=128,
        output_mib=192, processes=512,
    ),
    evidence=(
        claim.variable("valid_loss"),
        # The models leave before any unseen picture is shown.
        _file("encoder"),
        _file("decoder"),
        _file("denoiser"),
        observe.calls("fit_pca"),
        observe.calls("pca_redraw"),
        observe.calls("built", function="build_deep_autoencoder", via=face_functions.LOOK),
        observe.calls("noised", function="apply_gaussian_noise", via=face_functions.TWICE),
        observe.calls("get_similar"),
        observe.calls("attribute_direction"),
        observe.calls("morph", via=face_functions.MORPH),
        observe.calls("change_attribute", via=face_functions.CHANGE),
    ),
    observations=(
        Observation("denoised", faces.ENCODE, "denoiser_file", "noisy", room="denoiser"),
        Observation("codes", faces.ENCODE, "encoder_file", "faces", room="encoder"),
        Observation("noisy_codes", faces.ENCODE, "encoder_file", "noisy", room="encoder"),
        Observation(
            "redrawn", faces.DECODE, "decoder_file", "decoded", room="decoder", also="codes"
        ),
        Observation(
            "noisy_redrawn", faces.DECODE, "decoder_file", "decoded", room="decoder",
            also="noisy_codes",
        ),
        Observation("walks", faces.WALK, "decoder_file", "walks", room="decoder", also="codes"),
    ),
    measures=(face_error, noise_error, ae_curve, even_walks),
    checks=(
        pca,
        same_values(
            "check_pca_redraw",
            points=1,
            evidence="pca_redraw",
            asks="`pca_redraw` draws rows again from their coordinates.",
        ),
        building,
        curve_in_band(
            "check_curve",
            points=2,
            measure=ae_curve,
            asks="The validation loss of your run falls to the level that this design reaches.",
            title="validation-loss",
            found=faces.losses_found,
        ),
        claimed_end,
        reconstruction,
        noising,
        denoising,
        same_values(
            "check_similar",
            points=1,
            evidence="get_similar",
            asks="`get_similar` names the nearest codes, the nearest first.",
        ),
        neighbours,
        same_values(
            "check_morph",
            points=2,
            evidence="morph",
            asks="`morph` walks in even steps through the code, with models it has never met.",
        ),
        smoothness,
        same_values(
            "check_direction",
            points=1,
            evidence="attribute_direction",
            asks="`attribute_direction` leads from faces without an attribute to faces with it.",
        ),
        same_values(
            "check_along",
            points=1,
            evidence="change_attribute",
            asks="`change_attribute` moves a face along a direction by each amount.",
        ),
    ),
    by_hand=("faces_in_words",),
    sentences=SENTENCES,
    packages=("tensorflow", "keras"),
)  # fmt: skip
