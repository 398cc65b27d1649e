"""How the codes of cifar_cnn are told: the network and its use, claims, stimuli."""

from graders.core.saying import says


def _made(problems: tuple[str, ...]) -> str:
    return f"The network that `make_model` gives: {'; '.join(problems)}."


def _trained(problems: tuple[str, ...]) -> str:
    return f"The network in `model`: {'; '.join(problems)}."


def _no_better(right: float | None, linear: float) -> bool:
    """Whether no more is recognised than by a linear model; None: there is nothing to recognise."""
    return right is None or right <= linear


SENTENCES = {
    # The network, and how it is used.
    "made-network-amiss": says(_made, holds=lambda problems: len(problems) > 0),
    "trained-network-amiss": says(_trained, holds=lambda problems: len(problems) > 0),
    "meets-the-conditions": says("It meets the conditions."),
    "same-network-at-each-call": says("But `make_model` gives the same network at each call."),
    "predict-alters-the-pictures": says("it alters the pictures, which it was only given to read"),
    # Claims.
    "falls-without-learning": says(
        "Validation loss: it falls, but no model that has learnt anything is behind it.",
        holds=lambda first, lowest, right, linear: lowest < first and _no_better(right, linear),
    ),
    "names-learning-of-a-guess": says(
        "Your run names losses lower than that of a guess, but your model guesses.",
        holds=lambda lowest, guess, right, linear: lowest < guess and _no_better(right, linear),
    ),
    "names-learning-without-a-model": says(
        "Your run names losses lower than that of a guess, but your model guesses.",
        holds=lambda lowest, guess: lowest < guess,
    ),
    # Stimuli (checks/stimuli.py).
    "excitation": says("Excitation"),
    "own-stimuli": says("Stimuli of your own network"),
    "unit": says("unit {k}"),
    "the-start": says("`start`"),
    "stimuli-amiss": says("On {n} of {of} networks {why}.", holds=lambda n, of: 0 < n <= of),
    "stimulus-not-like-start": says("the picture has not the shape of `start`"),
    "stimulus-not-finite": says("the picture is not finite (NaN or infinity)"),
    "stimulus-not-shown": says("the picture could not be shown to the network"),
    "stimulus-leaves-the-range": says("the picture leaves the range from -0.5 to 0.5"),
}
