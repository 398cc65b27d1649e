"""names_rnn: a network that reads and writes names letter by letter, by hand and with Keras.

Functions are called on inputs that nobody outside the staff has seen. The trained step reads
beginnings of held-out names, one of each, in the student's kernel: what follows stays with us, so
there is nothing to look ahead at. The Keras models are asked in a sandbox of their own. Names are
drawn from the step by luck of ours. Who does no better than counting pairs of letters, or draws
names from the frequencies of letters, earns nothing for it.

Not judged: how the step is built, and whether Keras' own cells are in it.
"""

import numpy as np

from graders.checks import (
    check,
    claim,
    compare,
    measure,
    names,
    observe,
    predictions,
    reaches,
    same_values,
    spelled,
    spelling,
)
from graders.core.rubric import Ask, Calibrated, Grader, Observation
from graders.core.types import Answers, Array, Cases, Finding, Limits, Refusal, Truths
from graders.sentences.names_rnn import SENTENCES

# --- what is measured ----------------------------------------------------------------------------


def by_pairs(step_truth: Truths) -> float:
    """What counted pairs of letters reach."""
    return float(np.asarray(step_truth[names.HELD_OUT]["bigram"]))


def by_letters(step_truth: Truths) -> float:
    """What counted letters reach."""
    return float(np.asarray(step_truth[names.HELD_OUT]["unigram"]))


@measure("step_loss", higher=False, unit="nats a letter", baseline=by_pairs)
def step_loss(step: Answers, step_truth: Truths) -> float | Refusal:
    """The cross-entropy of held-out names through the student's own step."""
    found = names.loss(step, step_truth)
    return found if isinstance(found, Refusal) else found.value


@measure("model_loss", higher=False, unit="nats a letter", baseline=by_pairs)
def model_loss(model: Answers, step_truth: Truths) -> float | Refusal:
    """The same through the Keras model."""
    found = names.loss(model, step_truth)
    return found if isinstance(found, Refusal) else found.value


@measure("step_curve", higher=False, unit="nats a letter", baseline=by_letters)
def step_curve(rnn_curve: Answers) -> Array | Refusal:
    return names.curve(rnn_curve)


def _asked(drawn_cases: Cases) -> int:
    return len(np.asarray(drawn_cases[0]["luck"]))


def pairs_by_letters(drawn_cases: Cases, step_truth: Truths) -> float:
    """What names made of single letters, each as often as it comes, reach."""
    return names.distance_of_letters(step_truth, _asked(drawn_cases))


@measure("name_distance", higher=False, baseline=pairs_by_letters)
def name_distance(drawn: Answers, step_truth: Truths) -> float | Refusal:
    """How unlike real names the drawn ones are, in units of what as many real ones are."""
    return names.distance(drawn, step_truth)


def lengths_by_letters(drawn_cases: Cases, step_truth: Truths) -> float:
    return names.lengths_of_letters(step_truth, _asked(drawn_cases))


@measure("name_lengths", higher=False, unit="letters", baseline=lengths_by_letters)
def name_lengths(drawn: Answers, step_truth: Truths) -> float | Refusal:
    """How far the lengths of drawn names are from those of real ones."""
    return names.lengths(drawn, step_truth)


def by_copies(drawn_cases: Cases, step_truth: Truths) -> float:
    """What training names reach, handed in as they are."""
    return names.novelty_of_copies(step_truth, _asked(drawn_cases))


@measure("name_novelty", unit="share of names", baseline=by_copies, size=_asked)
def name_novelty(drawn: Answers, drawn_cases: Cases, step_truth: Truths) -> float | Refusal:
    """The share of drawn names that are new."""
    found = names.new(drawn, step_truth)
    return found if isinstance(found, Refusal) else found.value


def by_guess(classifier_truth: Truths) -> float:
    labels = classifier_truth[names.HELD_OUT]["labels"]
    return float(np.bincount(labels).max() / len(labels))


def _spellings(classifier_truth: Truths) -> int:
    return len(classifier_truth[names.HELD_OUT]["labels"])


@measure("name_accuracy", unit="share of names", baseline=by_guess, size=_spellings)
def name_accuracy(classifier: Answers, classifier_truth: Truths) -> float | Refusal:
    """The share of held-out names, whole and disordered, that are told for what they are."""
    return names.told_apart(classifier, classifier_truth)


# --- functions -----------------------------------------------------------------------------------


@check("check_step", points=2, asks="`rnn_one_step` keeps its conditions; the state matters.")
def step_conditions(conditions: Answers, conditions_cases: Cases) -> Finding:
    return spelled.conditions(conditions, conditions_cases)


@check(
    "check_names_loss",
    points=2,
    asks="`names_loss` reads rows from left to right and asks each time for the next token.",
)
def unrolled(
    names_loss: Answers,
    names_loss_key: Answers,
    names_rule_if_any: Answers,
    names_rule_key: Answers,
) -> Finding:
    """As it is, or with a made-up loss: what is wrong with `masked_loss` is charged there."""
    plain = compare.values(names_loss, names_loss_key)
    rule = compare.values(names_rule_if_any, names_rule_key) if names_rule_if_any else plain
    return rule if rule.credit > plain.credit else plain


@check(
    "check_generate",
    points=2,
    asks="`generate_sample` reads the seed phrase and writes what the step asks for.",
)
def generating(
    generate: Answers,
    generate_key: Answers,
    generate_cases: Cases,
    own_names_if_any: Answers,
    own_names_cases: Cases,
    conditions_if_any: Answers,
    conditions_cases: Cases,
    step_truth: Truths,
) -> Finding:
    """By steps of ours, and by the notebook's own if names can be drawn from that at all: what is
    wrong there is charged to the step."""
    drawable = spelled.can_be_drawn_from(conditions_if_any, conditions_cases)
    own = own_names_if_any if drawable else ()
    found = spelled.generating(generate, generate_key, generate_cases, own, own_names_cases)
    figures = names.written(own_names_if_any, own_names_cases, step_truth)
    return predictions.adding(found, figures)


@check("check_temperature", points=1, asks="The temperature sharpens and flattens what is drawn.")
def cooling(temperature: Answers, temperature_cases: Cases) -> Finding:
    return spelled.cooled(temperature, temperature_cases)


# --- networks ------------------------------------------------------------------------------------


@check("check_step_loss", points=4, asks="Your network predicts the letters of unseen names.")
def step_predicts(
    step: Answers, step_cases: Cases, step_truth: Truths, step_loss_bar: Calibrated
) -> Finding:
    value = names.loss(step, step_truth)
    found = names.predicted(value, step_loss_bar, step_loss, "your-own-network", step_truth)
    return predictions.adding(found, names.expected(step, step_cases, step_truth))


@check("check_history", points=1, asks="What your network says rests on all that it has read.")
def remembers(step: Answers, alone: Answers, step_cases: Cases, step_truth: Truths) -> Finding:
    return names.history(step, alone, step_cases, step_truth)


@check(
    "check_losses",
    points=2,
    claim=True,
    asks="`rnn_losses` are a training's, and end where your network stands.",
)
def named_losses(
    rnn_curve: Answers,
    step_curve_bar: Calibrated,
    step_if_any: Answers,
    own_loss_if_any: Answers,
    step_truth: Truths,
) -> Finding:
    return names.claimed_losses(rnn_curve, step_curve_bar, step_if_any, own_loss_if_any, step_truth)


@check("check_samples", points=2, asks="Names that your network draws are like real ones.")
def samples_like(
    drawn: Answers,
    step_truth: Truths,
    name_distance_bar: Calibrated,
    name_lengths_bar: Calibrated,
    name_novelty_bar: Calibrated,
) -> Finding:
    bars = name_distance_bar, name_lengths_bar, name_novelty_bar
    return names.likeness(drawn, step_truth, bars)


@check("check_new", points=1, asks="They are new: no training names, and not the same again.")
def samples_new(
    drawn: Answers,
    step_truth: Truths,
    name_distance_bar: Calibrated,
    name_novelty_bar: Calibrated,
) -> Finding:
    bars = name_distance_bar, name_novelty_bar
    return names.newness(drawn, step_truth, bars, name_novelty)


@check(
    "check_model",
    points=2,
    asks="The Keras model predicts the letters of unseen names without looking ahead.",
)
def model_predicts(model: Answers, step_truth: Truths, model_loss_bar: Calibrated) -> Finding:
    value = names.loss(model, step_truth)
    found = names.predicted(value, model_loss_bar, model_loss, "keras-model", step_truth)
    if (ahead := names.looks_ahead(model, step_truth)) is None:
        return found
    return Finding(0.0, (*found.all_said, ahead), found.measured, found.figures)


# --- the rubric ----------------------------------------------------------------------------------

_MODEL_FILE = observe.model("model", variable="language_model", cases="beginnings")[0]
_CLASSIFIER_FILE, _CLASSIFIER_IN_KERNEL, _CLASSIFIER = observe.model(
    "classifier",
    variable="classifier",
    cases="spellings",
    prepared='images.astype("int32")',
)

GRADER = Grader(
    assignment="names_rnn",
    notebook="names_rnn",
    version=7,  # raise it whenever a judgement changes
    limits=Limits(cell_s=240, wall_s=480, ask_s=240, cpu_s=900, memory_mib=3072),
    full_limits=Limits(cell_s=1800, wall_s=3600, ask_s=300, cpu_s=7200, memory_mib=4096),
    evidence=(
        claim.variable("rnn_curve"),
        # The Keras models leave before any unseen name is shown.
        _MODEL_FILE,
        _CLASSIFIER_FILE,
        Ask("own_loss", "calls", ("names_loss",), via=spelling.OWN_LOSS),
        observe.calls("to_matrix", via=spelling.ASK_MATRIX),
        observe.calls("masked_loss", via=spelling.TENSORS),
        *(
            observe.calls(
                name,
                function="names_loss",
                cases="names_loss",
                via=spelling.ask_names_loss(made_up=made_up),
            )
            for name, made_up in (("names_loss", False), ("names_rule", True))
        ),
        observe.calls("generate", function="generate_sample", via=spelling.ASK_GENERATE),
        observe.calls("temperature", function="generate_sample", via=spelling.ASK_TEMPERATURE),
        observe.calls("own_names", function="generate_sample", via=spelling.ASK_OWN),
        observe.calls("conditions", function="rnn_one_step", via=spelling.ASK_CONDITIONS),
        observe.calls("drawn", function="rnn_one_step", via=spelling.ASK_DRAWN),
        # One beginning of each held-out name; whole ones, without their labels, come after it.
        observe.calls("step", function="rnn_one_step", cases="beginnings", via=spelling.ASK_STEP),
        observe.calls("alone", function="rnn_one_step", cases="beginnings", via=spelling.ASK_ALONE),
        Ask("model_in_kernel", "calls", ("language_model",), "beginnings",
            via=spelling.ASK_MODEL, unless="model_file"),
        _CLASSIFIER_IN_KERNEL,
    ),
    observations=(
        Observation("model", spelling.OBSERVE_MODEL, "model_file", "beginnings",
                    "model_in_kernel"),
        _CLASSIFIER,
    ),
    measures=(
        step_loss,
        model_loss,
        step_curve,
        name_distance,
        name_lengths,
        name_novelty,
        name_accuracy,
    ),
    checks=(
        same_values(
            "check_to_matrix",
            points=2,
            evidence="to_matrix",
            asks="`to_matrix` makes rows of START, letters and PAD.",
        ),
        step_conditions,
        same_values(
            "check_masked_loss",
            points=3,
            evidence="masked_loss",
            asks="`masked_loss` is the mean over all places up to the first PAD of a row.",
        ),
        unrolled,
        named_losses,
        step_predicts,
        remembers,
        generating,
        cooling,
        samples_like,
        samples_new,
        model_predicts,
        reaches(
            "check_classifier",
            points=2,
            measure=name_accuracy,
            asks="The classifier tells names from disordered letters.",
            title="names-told-apart",
        ),
    ),
    by_hand=("names_in_words",),
    sentences=SENTENCES,
    packages=("tensorflow", "keras"),
)  # fmt: skip
