"""face_gan: two networks that learn from each other, judged by the faces that one of them draws.

Codes of ours go through the student's generator in a sandbox in which no student code runs. What
it draws is compared with held-out faces: kernel distance, coverage, copies of given faces. The
losses that the run names are claims and earn little.

A copy of a training face is no generated one, and a picture that is no face is no new face: the
lines on likeness and variety pay in proportion to what is new, those on newness and variety only
where there is some likeness. All are about one and the same thousand pictures.
"""

import numpy as np

from graders.checks import (
    adversarial,
    alternating,
    calibrated,
    check,
    claim,
    compare,
    earned_if,
    generated,
    measure,
    observe,
    predictions,
    telling,
)
from graders.checks.judging import Bar
from graders.core.figures import Scale
from graders.core.rubric import Ask, Calibrated, Grader, Measure, Observation
from graders.core.saying import Said, said
from graders.core.types import Answers, Cases, Finding, Limits, Refusal, Truths
from graders.metrics.samples import Estimate
from graders.sentences.face_gan import SENTENCES

PARAMETERS = 2_000_000

# --- what is measured ----------------------------------------------------------------------------


def by_a_linear_generator(scores_cases: Cases, scores_truth: Truths) -> float:
    """What principal components with normal codes reach."""
    return generated.linear_distance(generated.real(scores_cases, scores_truth))


@measure("face_distance", higher=False, baseline=by_a_linear_generator)
def face_distance(samples: Answers, scores_cases: Cases, scores_truth: Truths) -> float | Refusal:
    """The root of the kernel inception distance between generated and held-out faces."""
    found = generated.distance(samples, generated.real(scores_cases, scores_truth))
    return found if isinstance(found, Refusal) else found.value


def by_one_face(scores_cases: Cases, scores_truth: Truths) -> float:
    """What a single picture covers."""
    return generated.log_share(
        generated.coverage_of_one(generated.real(scores_cases, scores_truth))
    )


@measure("face_coverage", unit="logarithm of a share of faces", baseline=by_one_face)
def face_coverage(samples: Answers, scores_cases: Cases, scores_truth: Truths) -> float | Refusal:
    """The share of held-out faces that have a generated one among their nearest.

    As a logarithm: seeds of one training differ by factors, and a bound below their mean by
    several standard deviations would be less than nothing.
    """
    found = generated.coverage(samples, generated.real(scores_cases, scores_truth))
    return found if isinstance(found, Refusal) else generated.log_share(found)


def by_copies(scores_cases: Cases, scores_truth: Truths) -> float:
    """What training faces reach, handed in as they are."""
    return generated.novelty_of_copies(generated.real(scores_cases, scores_truth))


def pictures_drawn(samples_cases: Cases) -> int:
    return generated.count(samples_cases, "codes")


@measure("face_novelty", unit="share of pictures", baseline=by_copies, size=pictures_drawn)
def face_novelty(
    samples: Answers, samples_cases: Cases, scores_cases: Cases, scores_truth: Truths
) -> float | Refusal:
    """The share of generated faces that copy none of the notebook's data."""
    return generated.novelty(samples, generated.real(scores_cases, scores_truth))


def exchanged(discriminator_curve: Answers, generator_curve: Answers, scores: Answers) -> float:
    """The gap to a discriminator that takes real faces for generated ones and the reverse."""
    curve, found = generated.losses(discriminator_curve, generator_curve), generated.scores(scores)
    if isinstance(curve, Refusal) or isinstance(found, Refusal):
        raise TypeError("the reference left no losses or no networks")
    return generated.gap(curve, found, exchanged=True)


@measure("loss_gap", higher=False, baseline=exchanged)
def loss_gap(
    discriminator_curve: Answers, generator_curve: Answers, scores: Answers
) -> float | Refusal:
    """How far the end of the named losses lies from what the two networks really reach."""
    curve, found = generated.losses(discriminator_curve, generator_curve), generated.scores(scores)
    if isinstance(curve, Refusal):
        return curve
    return found if isinstance(found, Refusal) else generated.gap(curve, found)


# --- networks ------------------------------------------------------------------------------------


@check("check_generator", points=2, asks="`make_generator` draws pictures within the range.")
def new_generator(generators: Answers) -> Finding:
    """For codes of several sizes."""
    return compare.judged([adversarial.generator_problem(f, PARAMETERS) for f in generators])


@check("check_discriminator", points=2, asks="`make_discriminator` gives a logit for a picture.")
def new_discriminator(discriminators: Answers) -> Finding:
    problem = adversarial.discriminator_problem(discriminators[0], PARAMETERS)
    if problem is None:
        return earned_if(True, said("discriminator-right"))
    return earned_if(False, said("discriminator-amiss", why=problem))


# --- losses and steps ----------------------------------------------------------------------------

_SUM_OR_MEAN = (1.0, 1 / 2)
_SIGNS = {"real_logits": 1.0, "fake_logits": -1.0}


@check(
    "check_discriminator_loss",
    points=2,
    asks="`discriminator_loss` is the cross-entropy of real and generated pictures.",
)
def loss_of_discriminator(discriminator_loss: Answers, discriminator_loss_cases: Cases) -> Finding:
    cases = discriminator_loss_cases
    return alternating.smoothed(discriminator_loss, cases, _SIGNS, _SUM_OR_MEAN)


@check("check_generator_loss", points=2, asks="`generator_loss` is the non-saturating loss.")
def loss_of_generator(generator_loss: Answers, generator_loss_cases: Cases) -> Finding:
    cases = generator_loss_cases
    found = alternating.smoothed(generator_loss, cases, {"fake_logits": 1.0}, (1.0,))
    return predictions.adding(found, (), *alternating.minimax(generator_loss, cases))


@check(
    "check_discriminator_step",
    points=3,
    asks="`discriminator_step` moves the discriminator down the slope of its loss, nothing else.",
)
def step_of_discriminator(
    discriminator_step: Answers,
    discriminator_step_key: Answers,
    discriminator_step_cases: Cases,
    discriminator_rule_if_any: Answers,
    discriminator_rule_key: Answers,
) -> Finding:
    """As it is, or with made-up losses: what is wrong with the student's is charged there."""
    return alternating.better_step(
        "discriminator",
        discriminator_step_cases,
        (discriminator_step, discriminator_step_key),
        (discriminator_rule_if_any, discriminator_rule_key),
    )


@check(
    "check_generator_step",
    points=3,
    asks="`generator_step` moves the generator down the slope of its loss, nothing else.",
)
def step_of_generator(
    generator_step: Answers,
    generator_step_key: Answers,
    generator_step_cases: Cases,
    generator_rule_if_any: Answers,
    generator_rule_key: Answers,
) -> Finding:
    return alternating.better_step(
        "generator",
        generator_step_cases,
        (generator_step, generator_step_key),
        (generator_rule_if_any, generator_rule_key),
    )


# --- what the run left ---------------------------------------------------------------------------


@check(
    "check_losses",
    points=2,
    claim=True,
    asks="The losses that your run names are a training's, and end where your networks stand.",
)
def named_losses(
    discriminator_curve: Answers,
    generator_curve: Answers,
    scores_if_any: Answers,
    told_if_any: Answers,
    discriminator_loss_if_any: Answers,
    discriminator_loss_cases: Cases,
    loss_gap_bar: Calibrated,
) -> Finding:
    """A loss that is right but for a factor is charged where it is asked for, not here again."""
    answers, cases = discriminator_loss_if_any, discriminator_loss_cases
    right = bool(answers) and alternating.smoothed(answers, cases, _SIGNS, _SUM_OR_MEAN).credit == 1
    other_scale = not right and alternating.rescaled(answers, cases, _SIGNS)
    return adversarial.claimed_losses(
        discriminator_curve,
        generator_curve,
        scores_if_any,
        loss_gap_bar,
        other_scale=other_scale,
        untrained=telling.nothing_learnt(told_if_any),
    )


def _refused(title: str, why: Refusal) -> Finding:
    return Finding(0.0, said("titled", title=said(title), why=why.why))


def _paid(
    found: Finding, samples: Answers, faces: generated.Faces, novelty_bar: Calibrated
) -> Finding:
    novelty = generated.novelty(samples, faces)
    new = 0.0 if isinstance(novelty, Refusal) else Bar(novelty_bar).credit(novelty)
    if new == 1:
        return found
    told = (*found.all_said, said("copied-faces-not-counted", new=new))
    return Finding(found.credit * new, told, found.measured, found.figures)


@check("check_faces", points=4, asks="What your generator draws looks like faces.")
def likeness(
    samples: Answers,
    scores_cases: Cases,
    scores_truth: Truths,
    face_distance_bar: Calibrated,
    face_novelty_bar: Calibrated,
) -> Finding:
    faces = generated.real(scores_cases, scores_truth)
    value = generated.distance(samples, faces)
    title = "kernel-distance"
    if isinstance(value, Refusal):
        return _refused(title, value)
    found = _with_interval(value, face_distance_bar, face_distance, title)
    found = _paid(found, samples, faces, face_novelty_bar)
    figures = generated.drawn(samples, scores_cases, faces)
    return predictions.adding(found, figures, *generated.told(samples, faces))


def _with_interval(value: Estimate, bar: Calibrated, of: Measure, title: str) -> Finding:
    found = calibrated.judged(value.value, 0, bar, of, title)
    return predictions.adding(found, (), said("distance-between", low=value.low, high=value.high))


def _too_far(code: str, away: Estimate, bar: Calibrated) -> Said:
    return said(code, distance=away.value, none=bar.none)


@check("check_variety", points=2, asks="The faces that your generator draws differ as faces do.")
def variety(
    samples: Answers,
    scores_cases: Cases,
    scores_truth: Truths,
    face_coverage_bar: Calibrated,
    face_distance_bar: Calibrated,
    face_novelty_bar: Calibrated,
) -> Finding:
    faces = generated.real(scores_cases, scores_truth)
    value, away = generated.coverage(samples, faces), generated.distance(samples, faces)
    if isinstance(value, Refusal):
        return _refused("coverage", value)
    if isinstance(away, Refusal):
        return _refused("coverage", away)
    if Bar(face_distance_bar).credit(away.value) == 0:
        return Finding(0.0, _too_far("too-far-for-variety", away, face_distance_bar))
    bar, reached = Bar(face_coverage_bar), generated.log_share(value)
    none, full = (float(np.exp(v)) for v in (face_coverage_bar.none, face_coverage_bar.full))
    share, name = "share of faces", said("coverage")
    found = Finding(
        bar.credit(reached),
        said("covered-faces", value=value.value, low=value.low, high=value.high, full=full),
        {"coverage": value.value, "full": full},
        (Scale(name, value.value, value.low, value.high, none, full, share),),
        bar.near(reached),
    )
    return _paid(found, samples, faces, face_novelty_bar)


@check("check_new", points=2, asks="What your generator draws are faces, and none of your data.")
def newness(
    samples: Answers,
    scores_cases: Cases,
    scores_truth: Truths,
    face_distance_bar: Calibrated,
    face_novelty_bar: Calibrated,
) -> Finding:
    faces = generated.real(scores_cases, scores_truth)
    value, away = generated.novelty(samples, faces), generated.distance(samples, faces)
    if isinstance(value, Refusal):
        return _refused("new-faces", value)
    if isinstance(away, Refusal):
        return _refused("new-faces", away)
    if Bar(face_distance_bar).credit(away.value) == 0:
        return Finding(0.0, _too_far("too-far-for-new-faces", away, face_distance_bar))
    return calibrated.judged(value, away.n, face_novelty_bar, face_novelty, "new-faces")


@check(
    "check_scores",
    points=2,
    asks="Your discriminator rates unseen real faces above generated and spoilt ones.",
)
def telling_apart(told: Answers) -> Finding:
    """Half for one's own generator, half for pictures that are no faces: better than a guess."""
    return telling.tells_apart(told)


# --- the rubric ----------------------------------------------------------------------------------

_SAMPLES_FILE, _SAMPLES_IN_KERNEL, _SAMPLES = observe.model(
    "samples", variable="generator", cases="codes", prepared='images.astype("float32")'
)

GRADER = Grader(
    assignment="generative",
    notebook="face_gan",
    version=6,  # raise it whenever a judgement changes
    limits=Limits(
        cell_s=480, wall_s=720, ask_s=180, cpu_s=1500, memory_mib=3072, file_mib=64, processes=512
    ),
    full_limits=Limits(
        cell_s=5400, wall_s=6000, ask_s=300, cpu_s=14400, memory_mib=6144, file_mib=64,
        processes=512,
    ),
    evidence=(
        claim.variable("discriminator_curve"),
        claim.variable("generator_curve"),
        # The networks leave before any unseen face is shown.
        _SAMPLES_FILE,
        Ask("scores_file", "calls", ("generator",), via=adversarial.EXPORT_PAIR),
        Ask("generators_file", "calls", ("make_generator",), "sizes",
            via=adversarial.EXPORT_GENERATOR),
        Ask("discriminators_file", "calls", ("make_discriminator",),
            via=adversarial.EXPORT_DISCRIMINATOR),
        observe.calls("discriminator_loss", via=alternating.TENSORS),
        observe.calls("generator_loss", via=alternating.TENSORS),
        *(
            observe.calls(
                f"{who}_{kind}",
                function=f"{who}_step",
                cases="steps",
                via=alternating.ask_step(who, made_up=kind == "rule"),
            )
            for who in ("discriminator", "generator")
            for kind in ("step", "rule")
        ),
        Ask("generators_in_kernel", "calls", ("make_generator",), "sizes",
            via=adversarial.ASK_GENERATOR, unless="generators_file"),
        Ask("discriminators_in_kernel", "calls", ("make_discriminator",), "look",
            via=adversarial.ASK_DISCRIMINATOR, unless="discriminators_file"),
        _SAMPLES_IN_KERNEL,
        Ask("scores_in_kernel", "calls", ("generator",), "faces",
            via=adversarial.ASK_PAIR, unless="scores_file"),
        Ask("told_in_kernel", "calls", ("generator",), "faces",
            via=telling.ASK_PAIR, unless="scores_file"),
    ),
    observations=(
        _SAMPLES,
        Observation("generators", adversarial.LOOK_AT_GENERATOR, "generators_file", "sizes",
                    "generators_in_kernel"),
        Observation("discriminators", adversarial.LOOK_AT_DISCRIMINATOR, "discriminators_file",
                    "look", "discriminators_in_kernel"),
        Observation("scores", adversarial.OBSERVE_PAIR, "scores_file", "faces",
                    "scores_in_kernel"),
        Observation("told", telling.OBSERVE_PAIR, "scores_file", "faces", "told_in_kernel"),
    ),
    measures=(face_distance, face_coverage, face_novelty, loss_gap),
    checks=(
        new_generator,
        new_discriminator,
        loss_of_discriminator,
        loss_of_generator,
        step_of_discriminator,
        step_of_generator,
        named_losses,
        likeness,
        variety,
        newness,
        telling_apart,
    ),
    by_hand=("losses_in_words",),
    sentences=SENTENCES,
    packages=("tensorflow", "keras"),
)  # fmt: skip
