"""linear_models: from a closed form to RMSprop, in numpy.

Every function of the student's is called on inputs that nobody outside the staff has seen and
compared with what the reference answers to the same questions. The three optimisers are cells,
not functions: each cell's own source is run again, once on a made-up loss (does the update rule
hold, whatever the gradient formula?) and once on unseen data with the student's own functions
(does the whole thing work, however it is written?). Two more are for who reads the data by another
name (a made-up loss on the notebook's own data), and for who writes the gradient into the loop (a
made-up loss with the student's gradient). The best of these counts, so that a wrong gradient or
loss is charged where it is wrong and not three times more.
"""

from graders.checks import (
    check,
    claim,
    compare,
    curves_claimed,
    earned_if,
    gradients,
    observe,
    optimisers,
    penalties,
    same_values,
)
from graders.core.rubric import Ask, Check, Grader
from graders.core.saying import said
from graders.core.types import Answers, Cases, Finding, Limits
from graders.sentences.linear_models import SENTENCES

ITERATIONS = 100
PLOTS = ("plot_boundary", "visualize")  # ours, and the name it had in the course before
OPTIMISERS = ("sgd", "momentum", "rmsprop")


# Names of `optimisers.judged`, in its order; for each kind the case set is `optimiser_<kind>`.
# A stub among the functions that they call leaves some kinds without any answer (`_if_any`), a
# stub in place of the cell all of them.
RERUNS = {"rule": "", "oracle": "", "data": "_if_any", "own": "_if_any", "lossy": "_if_any"}


def _reruns(cell: str) -> tuple[Ask, ...]:
    path = ((f"{cell}_loss", "loss"), (f"{cell}_w", "w"))
    rows = (("oracle_rows",),)
    return tuple(
        observe.rerun(
            f"{cell}_{kind}",
            cell=cell,
            cases=f"optimiser_{kind}",
            gives=path + rows if kind in ("rule", "oracle") else path,
            silence=PLOTS,
        )
        for kind in RERUNS
    )


# --- functions that call others: right as they are, or with a made-up one in its place ---------


@check("check_compute_grad", points=3, asks="`compute_grad` gives the slope of the cross-entropy.")
def gradient(
    compute_grad_if_any: Answers,
    compute_grad_key: Answers,
    compute_grad_changed: tuple[str, ...],
    compute_loss_around_if_any: Answers,
    compute_loss_around_key: Answers,
    compute_loss_around_cases: Cases,
    compute_grad_rule: Answers,
    compute_grad_rule_key: Answers,
    compute_grad_rule_changed: tuple[str, ...],
) -> Finding:
    """As it is, or with a made-up `probability`: a wrong one is charged there."""
    rule = compare.values(compute_grad_rule, compute_grad_rule_key, compute_grad_rule_changed)
    if not compute_grad_if_any:  # it calls a stub
        return rule
    around = (compute_loss_around_if_any, compute_loss_around_key, compute_loss_around_cases)
    plain = gradients.judged(compute_grad_if_any, compute_grad_key, compute_grad_changed, *around)
    return _best(plain, rule)


# L2 is judged, too, by what the penalty adds, so that a slip in the loss is not charged again.


@check("check_l2_loss", points=2, asks="The penalty is added for every weight but the bias.")
def l2_loss(
    l2_loss_if_any: Answers,
    l2_loss_key: Answers,
    l2_loss_changed: tuple[str, ...],
    compute_loss_if_any: Answers,
    l2_loss_rule: Answers,
    l2_loss_rule_key: Answers,
    l2_loss_rule_changed: tuple[str, ...],
) -> Finding:
    rule = compare.values(l2_loss_rule, l2_loss_rule_key, l2_loss_rule_changed)
    if not l2_loss_if_any:  # it calls a stub
        return rule
    plain = penalties.judged(l2_loss_if_any, l2_loss_key, l2_loss_changed, compute_loss_if_any)
    return _best(plain, rule)


@check("check_l2_grad", points=2, asks="The gradient follows the penalised loss.")
def l2_gradient(
    l2_grad_if_any: Answers,
    l2_grad_key: Answers,
    l2_grad_changed: tuple[str, ...],
    compute_grad_if_any: Answers,
    l2_loss_around_if_any: Answers,
    l2_loss_around_key: Answers,
    l2_loss_around_cases: Cases,
    l2_grad_rule: Answers,
    l2_grad_rule_key: Answers,
    l2_grad_rule_changed: tuple[str, ...],
) -> Finding:
    rule = compare.values(l2_grad_rule, l2_grad_rule_key, l2_grad_rule_changed)
    if not l2_grad_if_any:  # it calls a stub
        return rule
    mine = (l2_grad_if_any, l2_grad_key, l2_grad_changed)
    by_penalty = penalties.judged(*mine, compute_grad_if_any)
    around = (l2_loss_around_if_any, l2_loss_around_key, l2_loss_around_cases)
    if not (l2_loss_around_if_any and penalties.pulls(*around)):
        return _best(by_penalty, rule)
    return _best(by_penalty, gradients.judged(*mine, *around), rule)


def _best(*findings: Finding) -> Finding:
    return max(findings, key=lambda finding: finding.credit)  # of equals the first


# --- linear regression by descent ------------------------------------------------------------


@check(
    "check_gradient_descent",
    points=2,
    asks="`gradient_descent` returns the weights and the loss before every step.",
)
def descent(
    gradient_descent_if_any: Answers,
    gradient_descent_key: Answers,
    gradient_descent_changed: tuple[str, ...],
    descent_rule: Answers,
    descent_rule_key: Answers,
    descent_rule_changed: tuple[str, ...],
) -> Finding:
    """As it is, or on a made-up loss in place of the student's: a wrong slope is charged there.

    So is a loss that alters what it is given: with the made-up one only the descent itself does.
    """
    rule = _descended(descent_rule, descent_rule_key, descent_rule_changed)
    if not gradient_descent_if_any:  # it calls a stub
        return rule
    plain = _descended(gradient_descent_if_any, gradient_descent_key, gradient_descent_changed)
    return _best(plain, rule)


def _descended(answers: Answers, key: Answers, changed: tuple[str, ...]) -> Finding:
    weights = compare.parts(answers, key, 0, 2, changed, what=said("the-weights"))
    history = compare.parts(answers, key, 1, 2, what=said("the-history"))
    return Finding(
        (weights.credit + history.credit) / 2,
        (*weights.all_said, *history.all_said),
        {"weights": weights.credit, "history": history.credit},
    )


# --- optimisers ---


def _optimiser_check(cell: str, title: str) -> Check:
    needs = tuple(
        f"{cell}_{kind}{suffix}" for kind, given in RERUNS.items() for suffix in (given, "_key")
    )
    asks = f"{title}: 100 steps on the fixed random stream, with the update rule of the text."
    return Check(f"check_{cell}", 3, asks, needs, optimisers.judged)


# --- the claim -----------------------------------------------------------------------------


@check(
    "check_histories",
    points=1,
    claim=True,
    asks="Your run leaves three loss histories of 100 steps, each of which falls.",
)
def histories(
    sgd_loss: Answers,
    momentum_loss: Answers,
    rmsprop_loss: Answers,
    sgd_data_if_any: Answers,
    momentum_data_if_any: Answers,
    rmsprop_data_if_any: Answers,
) -> Finding:
    claims = (sgd_loss, momentum_loss, rmsprop_loss)
    reruns = (sgd_data_if_any, momentum_data_if_any, rmsprop_data_if_any)
    problems = [
        (name, problem)
        for name, claimed, measured in zip(OPTIMISERS, claims, reruns, strict=True)
        if (problem := curves_claimed.problem(claimed, measured, ITERATIONS))
    ]
    if problems:
        return earned_if(False, said("histories-amiss", problems=tuple(problems)))
    lost = tuple(curves_claimed.lost(claimed) for claimed in claims)
    return earned_if(True, said("all-three-fall", lost=lost))


GRADER = Grader(
    assignment="linear_models",
    notebook="linear_models",
    version=3,  # raise it whenever a judgement changes
    limits=Limits(cell_s=30, wall_s=240, ask_s=90, cpu_s=400, memory_mib=1536),
    evidence=(
        observe.calls("mse_loss"),
        observe.calls("mse_grad"),
        observe.calls("mse_loss_around", function="mse_loss"),
        observe.calls("closed_form"),
        observe.calls("gradient_descent"),
        observe.calls("descent_rule", function="gradient_descent"),
        observe.calls("expand"),
        observe.calls("probability"),
        observe.calls("compute_loss"),
        observe.calls("stable_loss", function="compute_loss"),
        observe.calls("compute_grad"),
        observe.calls("compute_grad_rule", function="compute_grad"),
        observe.calls("compute_loss_around", function="compute_loss"),
        *(ask for cell in OPTIMISERS for ask in _reruns(cell)),
        observe.calls("l2_loss", function="compute_loss_l2"),
        observe.calls("l2_loss_rule", function="compute_loss_l2"),
        observe.calls("l2_grad", function="compute_grad_l2"),
        observe.calls("l2_grad_rule", function="compute_grad_l2"),
        observe.calls("l2_loss_around", function="compute_loss_l2"),
        *(claim.variable(f"{cell}_loss") for cell in OPTIMISERS),
    ),
    checks=(
        same_values(
            "check_mse_loss",
            points=2,
            evidence="mse_loss",
            asks="`mse_loss` is the mean of the squared residuals.",
        ),
        gradients.follows_loss(
            "check_mse_grad",
            points=2,
            evidence="mse_grad",
            around="mse_loss_around",
            asks="`mse_grad` gives the slope of the mean squared error.",
        ),
        same_values(
            "check_closed_form",
            points=2,
            evidence="closed_form",
            asks="`closed_form` finds the weights of least squared error.",
        ),
        descent,
        same_values(
            "check_expand",
            points=2,
            evidence="expand",
            asks="`expand` adds the quadratic features and the constant, in this order.",
        ),
        same_values(
            "check_probability",
            points=2,
            evidence="probability",
            asks="`probability` gives P(y=1) for every row.",
        ),
        same_values(
            "check_compute_loss",
            points=2,
            evidence="compute_loss",
            asks="`compute_loss` is the mean cross-entropy.",
        ),
        same_values(
            "check_stable_loss",
            points=1,
            evidence="stable_loss",
            asks="The loss stays finite and right where the model is sure and wrong.",
        ),
        gradient,
        _optimiser_check("sgd", "Mini-batch SGD"),
        _optimiser_check("momentum", "Momentum"),
        _optimiser_check("rmsprop", "RMSprop"),
        histories,
        l2_loss,
        l2_gradient,
    ),
    by_hand=("momentum_in_words",),
    sentences=SENTENCES,
    also_right=("rmsprop_from_the_first_square",),  # the text allows both starts of g2
)
