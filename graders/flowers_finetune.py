"""flowers_finetune: a trained network, frozen but for its last layers, with a new head.

Functions are asked about pictures, iterables, pipelines and bases that no student has seen. The
trained model leaves the notebook as architecture and weights; a sandbox in which no student code
runs tells which weight arrays of the stored base it still holds, and what it says about held-out
pictures. The student's own `predict` is asked about files of the same pictures in its own kernel:
it must do no worse than the model. Accuracy is the better of the two, so that a slip in how
pictures are prepared is paid for there, and not once more.

What `build_model` does wrong with a base of ours is charged there. The trained base is then judged
for what is left: other weights than the stored ones, or a training cell that thaws what was frozen.
"""

from graders.checks import (
    check,
    claim,
    compare,
    curve_in_band,
    earned_if,
    feeding,
    finetuned,
    measure,
    observe,
    predictions,
    reaches,
    recognised,
    stored_base,
)
from graders.checks.classified import HELD_OUT, SHOWN
from graders.core.rubric import Ask, Calibrated, Check, Grader, Observation
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Finding, Limits, Refusal, Truths
from graders.sentences.flowers_finetune import SENTENCES

# --- accuracy ----------------------------------------------------------------------------------


def linear_accuracy(told_truth: Truths) -> float:
    """What a linear model of coarse pixels reaches on the held-out pictures."""
    return float(told_truth[HELD_OUT]["linear"])


def pictures_held_out(told_truth: Truths) -> int:
    return len(told_truth[HELD_OUT]["labels"])


@measure(
    "flowers_accuracy", unit="share of pictures", baseline=linear_accuracy, size=pictures_held_out
)
def flowers_accuracy(
    told_if_any: Answers, told_truth: Truths, predict_if_any: Answers
) -> float | Refusal:
    """Of the model on pictures prepared by us, or of `predict`, whichever is better."""
    by_model = recognised.accuracy(told_if_any, told_truth, HELD_OUT)
    by_function = recognised.accuracy(predict_if_any, told_truth, HELD_OUT)
    if isinstance(by_function, Refusal):
        return by_model
    return by_function if isinstance(by_model, Refusal) else max(by_model, by_function)


_accuracy = reaches(
    "check_accuracy",
    points=4,
    measure=flowers_accuracy,
    asks="Your model recognises pictures that you do not have.",
    title="accuracy",
)


def _accuracy_with_figures(
    told_if_any: Answers,
    told_cases: Cases,
    told_truth: Truths,
    predict_if_any: Answers,
    predict_rule_if_any: Answers,
    flowers_accuracy_bar: Calibrated,
) -> Finding:
    """By the model, or by `predict` with the notebook's batches or with ours."""
    by_function = recognised.best((predict_if_any, predict_rule_if_any), told_truth, HELD_OUT)
    found: Finding = _accuracy.judge(told_if_any, told_truth, by_function, flowers_accuracy_bar)
    better = recognised.best((told_if_any, by_function), told_truth, SHOWN)
    drawn, confused = recognised.figures(
        better, told_cases, told_truth, title="your-model", note=said("what-misled-it")
    )
    return predictions.adding(found, drawn, *confused)


def _number(found: float | Refusal) -> float:
    return -1.0 if isinstance(found, Refusal) else found


accuracy = Check(
    _accuracy.id,
    _accuracy.points,
    _accuracy.asks,
    (
        "told_if_any",
        "told_cases",
        "told_truth",
        "predict_if_any",
        "predict_rule_if_any",
        "flowers_accuracy_bar",
    ),
    _accuracy_with_figures,
)

# --- the model, and what became of its base ------------------------------------------------------


@check(
    "check_model",
    points=4,
    asks="`build_model` puts a new head on any base, and freezes what is to be frozen.",
)
def building(built: Answers, built_cases: Cases) -> Finding:
    slips = finetuned.slips_of(built, built_cases)
    worst = [next(iter(finetuned.in_order(found)), None) for found in slips]
    finding = compare.judged(worst)
    others = finetuned.in_order({slip for found in slips for slip in found} - {*worst})
    besides = (said("besides", problems=others),) if others else ()
    return predictions.adding(finding, (), *besides)


@check(
    "check_base",
    points=3,
    asks="In your trained model the frozen part of the base is the stored one, and some of the "
    "rest has learnt.",
)
def trained_base(
    marks: Answers,
    stored_key: Answers,
    built_if_any: Answers,
    built_cases: Cases,
    told_if_any: Answers,
    predict_if_any: Answers,
    predict_rule_if_any: Answers,
    told_truth: Truths,
) -> Finding:
    """What `build_model` was charged for is not charged again, in a model that was trained.

    One that says no more than a model that learnt nothing may have been trained badly all the same:
    its weights tell.
    """
    found = stored_base.kept(marks, stored_key)
    if isinstance(found, Refusal):
        return earned_if(False, said("model-not-looked-at", why=found.why))
    charged: set[str] = set()
    if built_if_any:
        every = finetuned.slips_of(built_if_any, built_cases)
        charged = {slip.code for slips in every for slip in slips}
    asked = (told_if_any, predict_if_any, predict_rule_if_any)
    best = recognised.best(asked, told_truth, HELD_OUT)
    reached = _number(recognised.accuracy(best, told_truth, HELD_OUT))
    seen = found.trained(other_base=finetuned.STORED_WEIGHTS in charged)
    linear = linear_accuracy(told_truth)
    if reached <= linear and not seen:
        return Finding(0.0, said("model-not-trained", reached=reached, linear=linear, seen=seen))
    whole = said("frozen-kept", kept=found.frozen_kept, of=found.frozen)
    if found.frozen_kept < found.frozen and finetuned.STORED_WEIGHTS not in charged:
        kept = found.frozen_kept + found.statistics_kept
        if kept == 0 and not found.descended:
            return Finding(0.0, said("no-weights-of-the-base", kept=kept, moved=found.moved))
        if finetuned.FREEZING not in charged:
            changed = said("training-changed-the-others", kept=found.frozen_kept, of=found.frozen)
            return Finding(0.0, (whole, changed))
    problems = []
    if found.statistics_kept < found.statistics and not charged & {
        finetuned.BATCH_NORM, finetuned.STORED_WEIGHTS
    }:  # fmt: skip
        kept, of = found.statistics_kept, found.statistics
        problems.append(said("statistics-drifted", kept=kept, of=of))
    if found.late_kept == found.late and finetuned.LEARNING not in charged:
        problems.append(said("late-layers-unchanged", kept=found.late_kept, of=found.late))
    but = (said("but", problems=problems),) if problems else ()
    return Finding(1.0 - 0.5 * len(problems), (whole, *but))


@check(
    "check_predict",
    points=2,
    asks="`predict` gives your model's probabilities for files, the same every time.",
)
def prediction(
    predict: Answers,
    predict_truth: Truths,
    predict_rows_if_any: Answers,
    predict_rule_if_any: Answers,
    predict_rows_rule_if_any: Answers,
    told_if_any: Answers,
    prepare_if_any: Answers,
    prepare_key: Answers,
    prepare_cases: Cases,
) -> Finding:
    """As it is, or with right batches of ours: what is wrong with the notebook's is charged there.

    Where there is nothing to compare it with, it must have learnt something itself. Where the
    notebook prepares pictures otherwise than we do, that is charged there: how sure its model is of
    ours is nothing to compare with, only whether it gives probabilities.
    """
    otherwise = feeding.prepared_otherwise(prepare_if_any, prepare_key, prepare_cases)
    asked = [(predict, predict_rows_if_any)]
    asked += [(predict_rule_if_any, predict_rows_rule_if_any)] * bool(predict_rule_if_any)
    problems = [
        _unlike_model(by_function, rows, predict_truth, told_if_any, otherwise=otherwise)
        for by_function, rows in asked
    ]
    problem = None if None in problems else problems[0]
    if problem is None:
        return earned_if(True, said("predict-right"))
    return earned_if(False, said("predict-amiss", why=problem))


def _unlike_model(
    predict: Answers, rows: Answers, truth: Truths, told: Answers, *, otherwise: bool
) -> Said | None:
    problem = predictions.unsteady(rows) or recognised.worse_than_model(
        predict, told, truth, HELD_OUT, alike=not otherwise
    )
    alone = _number(recognised.accuracy(predict, truth, HELD_OUT))
    linear = linear_accuracy(truth)
    if problem is None and (otherwise or not told) and alone <= linear:
        code = "predict-learnt-nothing" if told else "no-model-and-predict-learnt-nothing"
        problem = said(code, reached=alone, linear=linear)
    return problem


# --- what the run left: claims -------------------------------------------------------------------


@measure("flowers_curve", higher=False, unit="cross-entropy (nats)")
def flowers_curve(valid_loss: Answers) -> Array | Refusal:
    """The validation loss that the run names, epoch by epoch."""
    return predictions.curve(valid_loss)


def losses_found(
    told_truth: Truths,
    told_if_any: Answers,
    predict_if_any: Answers,
    predict_rule_if_any: Answers,
) -> list[tuple[float, float]]:
    """Mean and standard error on the validation pictures, by the model and by `predict`."""
    asked = (told_if_any, predict_if_any, predict_rule_if_any)
    every = (recognised.loss(answers, told_truth, SHOWN) for answers in asked)
    return [loss for loss in every if not isinstance(loss, Refusal)]


@check(
    "check_end",
    points=1,
    claim=True,
    asks="The validation loss that your run names is the one that we find with your model.",
)
def claimed_end(
    valid_loss: Answers,
    told_truth: Truths,
    told_if_any: Answers,
    predict_if_any: Answers,
    predict_rule_if_any: Answers,
) -> Finding:
    found = losses_found(told_truth, told_if_any, predict_if_any, predict_rule_if_any)
    return predictions.ends_where_it_stands(valid_loss, found)


# --- the rubric ----------------------------------------------------------------------------------

GRADER = Grader(
    assignment="convnets",
    notebook="flowers_finetune",
    version=9,  # raise it whenever a judgement changes
    limits=Limits(
        cell_s=180, wall_s=300, ask_s=180, cpu_s=900, memory_mib=3072, file_mib=64, processes=512
    ),
    full_limits=Limits(
        cell_s=2700,
        wall_s=3600,
        ask_s=900,
        cpu_s=9000,
        memory_mib=6144,
        file_mib=192,
        output_mib=192,
        processes=512,
    ),
    evidence=(
        claim.variable("valid_loss"),
        # The model leaves before any unseen picture is shown.
        Ask("model_file", "calls", ("model",), via=finetuned.PACK),
        Ask("stored", "calls", ("make_base",), via=finetuned.STORED),
        observe.calls("built_file", function="build_model", cases="bases", via=finetuned.BUILD),
        observe.calls("crop", function="image_center_crop"),
        observe.calls("prepare", function="prepare_raw_bytes_for_model", via=feeding.PREPARE),
        observe.calls(
            "batches", function="batch_generator", cases="iterables", via=feeding.ITERATE
        ),
        observe.calls("dataset", function="make_dataset", via=feeding.PIPELINE),
        observe.calls(
            "built_in_kernel",
            function="build_model",
            cases="bases",
            via=finetuned.BUILD_IN_KERNEL,
            unless="built_file",
        ),
        observe.calls(
            "marks_in_kernel",
            function="model",
            cases="look",
            via=finetuned.LOOK_IN_KERNEL,
            unless="model_file",
        ),
        *(
            observe.calls(
                f"{name}{kind}",
                function="predict",
                cases=cases,
                via=feeding.ask_predict(made_up=bool(kind)),
            )
            for name, cases in (("predict_rows", "predict_rows"), ("predict", "images"))
            for kind in ("", "_rule")
        ),
        observe.calls(
            "told_in_kernel",
            function="model",
            cases="images",
            via=finetuned.PREDICT_IN_KERNEL,
            unless="model_file",
        ),
    ),
    observations=(
        Observation("built", finetuned.LOOK_AT_BUILT, "built_file", "bases", "built_in_kernel"),
        Observation("marks", finetuned.LOOK_AT_FILE, "model_file", "look", "marks_in_kernel"),
        Observation("told", finetuned.PREDICT_FROM_FILE, "model_file", "images", "told_in_kernel"),
    ),
    measures=(flowers_accuracy, flowers_curve),
    checks=(
        feeding.central_crop(
            "check_crop",
            points=3,
            evidence="crop",
            asks="`image_center_crop` takes the largest square in the middle.",
        ),
        feeding.prepared_pictures(
            "check_prepare",
            points=3,
            evidence="prepare",
            asks="`prepare_raw_bytes_for_model` decodes, crops, scales and normalises.",
        ),
        feeding.lazy_batches(
            "check_batches",
            points=4,
            evidence="batches",
            asks="`batch_generator` gives new batches of anything, one at a time, and no empty "
            "one.",
        ),
        feeding.pipeline(
            "check_dataset",
            points=3,
            evidence="dataset",
            asks="`make_dataset` gives every picture once with its label, shuffled for training.",
        ),
        building,
        trained_base,
        curve_in_band(
            "check_curve",
            points=1,
            measure=flowers_curve,
            asks="The validation loss of your run falls to the level that this approach reaches.",
            title="validation-loss",
            found=losses_found,
        ),
        claimed_end,
        prediction,
        accuracy,
    ),
    by_hand=("transfer_in_words",),
    sentences=SENTENCES,
    packages=("tensorflow", "keras"),
)
