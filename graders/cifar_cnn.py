"""cifar_cnn: a convolutional network from scratch, its mistakes, and what its units look for.

The trained model leaves the notebook as a file and is asked about held-out images in a sandbox in
which no student code runs. The student's own `predict` is asked about the same images in its own
kernel: it must do no worse than the model, or something is forgotten on the way (normalisation, or
dropout put to rest). Accuracy is the better of the two, so that a model which was trained with
another normalisation of its own pays for that in `prepare`, and not once more.

Training on the validation pictures cannot be seen here, and earns nothing: the held-out pictures
are others, and the validation loss is a claim.
"""

import numpy as np

from graders.checks import (
    calibrated,
    check,
    claim,
    classified,
    compare,
    earned_if,
    measure,
    networks,
    observe,
    predictions,
    reaches,
    same_values,
    stimuli,
)
from graders.checks.classified import HELD_OUT, SHOWN
from graders.core.rubric import Ask, Calibrated, Check, Grader, Observation
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Finding, Limits, Refusal, Truths
from graders.sentences.cifar_cnn import SENTENCES

CLASSES = 10
GUESS = float(np.log(CLASSES))  # the cross-entropy of who knows nothing, in nats

# --- accuracy ----------------------------------------------------------------------------------


def linear_accuracy(cnn_truth: Truths) -> float:
    """What a linear model of the pixels reaches on the held-out images."""
    return float(cnn_truth[HELD_OUT]["linear"])


def images_held_out(cnn_truth: Truths) -> int:
    return len(cnn_truth[HELD_OUT]["labels"])


@measure("cnn_accuracy", unit="share of images", baseline=linear_accuracy, size=images_held_out)
def cnn_accuracy(cnn: Answers, cnn_truth: Truths, predict_if_any: Answers) -> float | Refusal:
    """Of the model on images prepared by us, or of `predict`, whichever is better."""
    labels = cnn_truth[HELD_OUT]["labels"]
    by_model = predictions.accuracy(cnn, labels, HELD_OUT)
    by_function = predictions.accuracy(predict_if_any, labels, HELD_OUT)
    if isinstance(by_function, Refusal):
        return by_model
    return by_function if isinstance(by_model, Refusal) else max(by_model, by_function)


_accuracy = reaches(
    "check_accuracy",
    points=4,
    measure=cnn_accuracy,
    asks="Your model recognises pictures that you do not have.",
    title="accuracy",
)


def _accuracy_with_figures(
    cnn: Answers,
    cnn_cases: Cases,
    cnn_truth: Truths,
    predict_if_any: Answers,
    class_names_if_any: Answers,
    cnn_accuracy_bar: Calibrated,
) -> Finding:
    found: Finding = _accuracy.judge(cnn, cnn_truth, predict_if_any, cnn_accuracy_bar)
    labels = cnn_truth[SHOWN]["labels"]
    better = max(
        (cnn, predict_if_any), key=lambda a: _number(predictions.accuracy(a, labels, SHOWN))
    )
    names = predictions.names(class_names_if_any, CLASSES)
    drawn = classified.figures(better, cnn_cases, cnn_truth, names, title="your-model")
    return predictions.adding(found, drawn)


def _number(found: float | Refusal) -> float:
    return -1.0 if isinstance(found, Refusal) else found


accuracy = Check(
    _accuracy.id,
    _accuracy.points,
    _accuracy.asks,
    ("cnn", "cnn_cases", "cnn_truth", "predict_if_any", "class_names_if_any", "cnn_accuracy_bar"),
    _accuracy_with_figures,
)

# --- the network, and how it is used -------------------------------------------------------------


@check("check_model", points=3, asks="`make_model` gives a network that meets the conditions.")
def network(made_facts: Answers, cnn_facts_if_any: Answers, made_anew_if_any: Answers) -> Finding:
    """The trained one, too: the conditions are for what is judged in the end.

    One network for all calls is right today, and is trained already when it is asked for again.
    """
    conditions = {"classes": CLASSES, "convolutions": 4, "parameters": 1_500_000}
    wrong = networks.problems(made_facts, **conditions)
    if wrong:
        return earned_if(False, said("made-network-amiss", problems=tuple(wrong)))
    wrong = networks.problems(cnn_facts_if_any, **conditions) if cnn_facts_if_any else []
    if wrong:
        return earned_if(False, said("trained-network-amiss", problems=tuple(wrong)))
    if networks.says_no(made_anew_if_any):
        told = said("meets-the-conditions"), said("same-network-at-each-call")
        return Finding(1.0 - compare.ALTERED_COSTS, told)
    return earned_if(True, said("meets-the-conditions"))


@check(
    "check_predict",
    points=2,
    asks="`predict` gives your model's probabilities for plain pictures, the same every time.",
)
def prediction(
    predict: Answers,
    predict_changed: tuple[str, ...],
    predict_truth: Truths,
    predict_rows_if_any: Answers,
    predict_rows_rule_if_any: Answers,
    prepare_if_any: Answers,
    prepare_key: Answers,
    prepare_changed: tuple[str, ...],
    cnn: Answers,
) -> Finding:
    """What `prepare` does wrong is charged there: a scale that hangs on the other pictures, or
    pictures that are altered."""
    labels = predict_truth[HELD_OUT]["labels"]
    past = classified.allowed(predict_rows_rule_if_any, prepare_if_any, prepare_key)
    unsteady = predictions.unsteady(predict_rows_if_any)
    if past and predictions.unsteady(past) is None:
        unsteady = None
    problem = unsteady or predictions.worse_than_model(predict, cnn, labels, HELD_OUT)
    if problem is None and set(predict_changed).difference(prepare_changed):
        problem = said("predict-alters-the-pictures")
    if problem is not None:
        return earned_if(False, said("predict-amiss", why=problem))
    return earned_if(True, said("predict-right"))


# --- what the run left: claims -------------------------------------------------------------------


@measure("cnn_curve", higher=False, unit="cross-entropy (nats)")
def cnn_curve(valid_loss: Answers) -> Array | Refusal:
    """The validation loss that the run names, epoch by epoch."""
    return predictions.curve(valid_loss)


def _found(truth: Truths, *asked: Answers) -> list[tuple[float, float]]:
    """The losses on the shown pictures that we find with model and function, where we do."""
    labels = truth[SHOWN]["labels"]
    losses = [predictions.loss(answers, labels, SHOWN) for answers in asked]
    return [loss for loss in losses if not isinstance(loss, Refusal)]


def _untrained(truth: Truths, *asked: Answers) -> bool:
    """Whether there is no model at all, or one that guesses: loss and recognition both say so."""
    if not any(asked):
        return True
    best = min((mean for mean, _ in _found(truth, *asked)), default=0.0)
    guesses = classified.LEARNT <= best / GUESS <= 1 + classified.SAME_LOSS
    right = _recognised(truth, *asked)["right"]
    return guesses and (right is None or right <= linear_accuracy(truth))


def _recognised(truth: Truths, *asked: Answers) -> dict[str, float | None]:
    """As facts: the best share of held-out pictures that are recognised, None without answers that
    can be read, and that of a linear model."""
    labels = truth[HELD_OUT]["labels"]
    shares = [predictions.accuracy(answers, labels, HELD_OUT) for answers in asked]
    right = max((share for share in shares if not isinstance(share, Refusal)), default=None)
    return {"right": right, "linear": linear_accuracy(truth)}


@check(
    "check_curve",
    points=2,
    claim=True,
    asks="The validation loss of your run falls to the level that this network reaches.",
)
def claimed_curve(
    valid_loss: Answers,
    cnn_curve_bar: Calibrated,
    cnn_truth: Truths,
    cnn_if_any: Answers,
    predict_if_any: Answers,
) -> Finding:
    """Best weights may be taken back, and a loss may rise for long: what was left decides."""
    values = predictions.curve(valid_loss)
    if isinstance(values, Refusal):
        return Finding(0.0, said("titled", title=said("validation-loss"), why=values.why))
    asked = (cnn_if_any, predict_if_any)
    found = calibrated.judged_curve(
        values, cnn_curve_bar, cnn_curve, "validation-loss", found=_found(cnn_truth, *asked)
    )
    if found.credit > 0.0 and _untrained(cnn_truth, *asked):
        told = said(
            "falls-without-learning", first=values[0], lowest=values.min(),
            **_recognised(cnn_truth, *asked),
        )  # fmt: skip
        return Finding(0.0, told, found.measured, found.figures)
    return found


@check(
    "check_end",
    points=1,
    claim=True,
    asks="The validation loss that your run names is the one that we find with your model.",
)
def claimed_end(
    valid_loss: Answers, cnn_truth: Truths, cnn_if_any: Answers, predict_if_any: Answers
) -> Finding:
    """A model that guesses may say so; that it did better on the way is only typed."""
    asked = (cnn_if_any, predict_if_any)
    values = predictions.curve(valid_loss)
    if isinstance(values, Refusal):
        return predictions.ends_where_it_stands(valid_loss, ())
    if values.min() < classified.LEARNT * GUESS and _untrained(cnn_truth, *asked):
        return earned_if(False, _lower_than_a_guess(values, cnn_truth, *asked))
    return predictions.ends_where_it_stands(valid_loss, _found(cnn_truth, *asked))


def _lower_than_a_guess(values: Array, truth: Truths, *asked: Answers) -> Said:
    facts = {"lowest": values.min(), "guess": GUESS}
    if not any(asked):
        return said("names-learning-without-a-model", **facts)
    return said("names-learning-of-a-guess", **facts, **_recognised(truth, *asked))


# --- stimuli -------------------------------------------------------------------------------------


def untouched(excitation: Answers) -> float:
    """What noise excites, on the same scale."""
    return stimuli.mean_of_noise(excitation)


@measure("stimuli_excitation", unit="of what our own ascent reaches", baseline=untouched)
def stimuli_excitation(
    stimuli_found: Answers, excitation: Answers, stimuli_found_cases: Cases
) -> float:
    return stimuli.mean_share(stimuli_found, excitation, stimuli_found_cases)


@check(
    "check_stimuli",
    points=4,
    asks="`find_maximum_stimuli` finds pictures that excite units of networks it has never met.",
)
def stimulus(
    stimuli_found: Answers,
    excitation: Answers,
    stimuli_found_cases: Cases,
    stimulus_images_if_any: Answers,
    start_kept_if_any: Answers,
    stimuli_excitation_bar: Calibrated,
) -> Finding:
    seen = stimuli.shares(stimuli_found, excitation, stimuli_found_cases)
    value = float(np.mean([share for share, _ in seen]))
    title = "excitation"
    found = calibrated.judged(value, 0, stimuli_excitation_bar, stimuli_excitation, title)
    pictures = stimuli.drawn(stimulus_images_if_any, title="own-stimuli")
    found = predictions.adding(found, pictures, *stimuli.amiss(seen))
    if networks.says_no(start_kept_if_any):
        return compare.altering(found, said("the-start"))
    return found


# --- the rubric ----------------------------------------------------------------------------------


# `predict` with a right `prepare` in the place of the notebook's, where it calls that by name.
AMONG_RIGHT = f"""
{observe.AMONG}

def prepare(images):
    return images.astype("float32") / 255 - 0.5


def ask(function, images):
    return among(function, prepare=prepare)(images)
"""

_CNN_FILE, _CNN_IN_KERNEL, _CNN = observe.model(
    "cnn", variable="model", cases="images", prepared='images.astype("float32") / 255 - 0.5'
)

GRADER = Grader(
    assignment="convnets",
    notebook="cifar_cnn",
    version=5,  # raise it whenever a judgement changes
    limits=Limits(
        cell_s=180, wall_s=300, ask_s=180, cpu_s=900, memory_mib=3072, file_mib=64, processes=512
    ),
    full_limits=Limits(
        cell_s=2700, wall_s=3300, ask_s=300, cpu_s=7200, memory_mib=6144, file_mib=64, processes=512
    ),
    evidence=(
        claim.variable("valid_loss"),
        claim.variable("stimulus_images"),
        claim.variable("class_names"),
        # The models leave before any unseen image is shown.
        _CNN_FILE,
        Ask("made_file", "calls", ("make_model",), via=networks.EXPORT_MADE),
        Ask("made_anew", "calls", ("make_model",), via=networks.MADE_ANEW),
        observe.calls("prepare"),
        observe.calls("one_hot"),
        observe.calls("learning_rate"),
        observe.calls("confusion"),
        observe.calls(
            "made_in_kernel",
            function="make_model",
            cases="look",
            via=networks.LOOK_IN_KERNEL,
            unless="made_file",
        ),
        observe.calls(
            "cnn_looked_at",
            function="model",
            cases="look",
            via=networks.LOOK_IN_KERNEL_TRAINED,
            unless="cnn_file",
        ),
        observe.calls(
            "stimuli_found", function="find_maximum_stimuli", cases="stimuli", via=stimuli.ASK
        ),
        observe.calls(
            "start_kept", function="find_maximum_stimuli", cases="start", via=stimuli.ASK_START
        ),
        observe.calls("predict_rows", function="predict"),
        observe.calls(
            "predict_rows_rule", function="predict", cases="predict_rows", via=AMONG_RIGHT
        ),
        observe.calls("predict", cases="images"),
        _CNN_IN_KERNEL,
    ),
    observations=(
        Observation("excitation", stimuli.OBSERVE, "stimuli_found", "stimuli"),
        Observation("made_facts", networks.LOOK_AT_FILE, "made_file", "look", "made_in_kernel"),
        Observation("cnn_facts", networks.LOOK_AT_FILE, "cnn_file", "look", "cnn_looked_at"),
        _CNN,
    ),
    measures=(cnn_accuracy, cnn_curve, stimuli_excitation),
    checks=(
        same_values(
            "check_prepare",
            points=2,
            evidence="prepare",
            asks="`prepare` brings pixels into the range from -0.5 to 0.5, by one scale for all.",
        ),
        same_values(
            "check_one_hot",
            points=2,
            evidence="one_hot",
            asks="`one_hot` gives a row for each label, as long as there are classes.",
        ),
        network,
        same_values(
            "check_schedule",
            points=1,
            evidence="learning_rate",
            asks="`learning_rate` follows the rule.",
        ),
        claimed_curve,
        claimed_end,
        prediction,
        accuracy,
        same_values(
            "check_confusion",
            points=2,
            evidence="confusion",
            asks="`confusion` counts who is taken for whom: rows are the truth.",
        ),
        stimulus,
    ),
    by_hand=("stimuli_in_words",),
    sentences=SENTENCES,
    packages=("tensorflow", "keras"),
)
