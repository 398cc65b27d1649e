"""How the codes of linear_models are told: steps of optimisers, histories that the run left."""

from graders.core.saying import says


def _rows(mine: float, batch: float) -> str:
    many = "more" if mine > batch else "fewer"
    return f"the gradient is taken over {many} rows than a batch has"


SENTENCES = {
    "the-weights": says("Weights"),
    "the-history": says("History"),
    # The rule of an optimiser (checks/optimisers.py).
    "steps-right": says("Every step is right on data you have not seen."),
    "steps-right-own-loss": says(
        "Every step is right on data you have not seen, with your own loss."
    ),
    "steps-right-own-data": says(
        "Every step is right on a loss you have not seen, with your own data."
    ),
    "steps-right-unseen-loss": says("Every step is right on a loss and data you have not seen."),
    "rule-right": says("The update rule is right, but {problem}."),
    "rule-wrong": says("{problem!c}."),
    "calls-a-stub": says("a function that it calls is not written yet"),
    "rerun-refused": says("run again on other data, {why}"),
    "no-path-left": says("the cell leaves no loss history and weights"),
    "no-history-left": says("the cell leaves no loss history: {why}"),
    "no-weights-left": says("the cell leaves no final weights: {why}"),
    "history-length": says(
        lambda more, asked: (
            f"the loss history has {'more' if more else 'fewer'} values than the {asked} that are "
            "asked for"
        )
    ),
    "wrong-final-weights": says("the final weights are not those after the last step"),
    "wrong-history-alone": says(
        "the final weights are right, the loss history is not that of the steps before them"
    ),
    "loss-not-finite": says("the loss becomes NaN or infinite"),
    "wrong-first-loss": says("the first loss is not that of the start weights on the whole data"),
    "first-step-still": says("the first step does not move the weights"),
    "first-step-backwards": says("the first step goes the wrong way"),
    "first-step-length": says(
        lambda ratio: (
            f"the first step already is too {'long' if ratio > 1 else 'short'}, or looks at other "
            "rows"
        ),
        holds=lambda ratio: ratio >= 0,
    ),
    "later-step": says(
        "step {step} is the first that is off: look at what it keeps from the steps before",
        holds=lambda step: step > 1,
    ),
    "rows-per-step": says(_rows, holds=lambda mine, batch: mine != batch),
    "other-rows": says("the rows are not those that the fixed random stream gives"),
    # Histories that the run left (checks/curves_claimed.py).
    "so-many-values": says("{n} values", holds=lambda n, asked: n != asked),
    "history-not-finite": says("not finite"),
    "falls-too-little": says(
        "does not fall by {asked:.0%}", holds=lambda lost, asked: lost < asked
    ),
    "same-whatever-the-data": says("the values are the same whatever the data"),
    "histories-amiss": says(
        lambda problems: "; ".join(f"{name}: {problem}" for name, problem in problems),
        holds=lambda problems: len(problems) > 0,
    ),
    "all-three-fall": says("All three fall.", holds=lambda lost: len(lost) == 3 and min(lost) > 0),
}
