"""How the codes of face_gan are told: two networks, their losses and steps, and what one draws."""

from graders.core.saying import says

Rates = tuple[tuple[object, float, float, float], ...]  # of what, the share, its interval


def _above(rates: Rates) -> str:
    told = "; ".join(
        f"{of} {value:.3f} (95% interval {low:.3f} to {high:.3f})" for of, value, low, high in rates
    )
    return f"How often a real face gets more than others do (0.5 is guessing): {told}."


SENTENCES = {
    "kernel-distance": says("Kernel distance"),
    "coverage": says("Coverage"),
    "new-faces": says("New faces"),
    # New networks (checks/adversarial.py).
    "what-it-gives": says("what it gives"),
    "draws-no-pictures": says(
        "it does not draw a picture of 32 x 32 pixels in three colours for each code"
    ),
    "pictures-leave-their-range": says(
        "its pictures leave the range from -0.5 to 0.5 when the numbers of a code are large"
    ),
    "same-picture-for-all-codes": says("different codes give the same picture"),
    "another-picture-the-next-time": says("the same code gives another picture the next time"),
    "not-one-logit-a-picture": says("it does not give one number, [n, 1], for the n pictures"),
    "probabilities-for-logits": says(
        "it gives probabilities, where logits are asked for: is there a sigmoid at its end?",
        holds=lambda low, high: low >= 0 and high <= 1,
    ),
    "same-logit-for-all-pictures": says(
        "different pictures get the same logit", holds=lambda apart: apart <= 0
    ),
    "another-logit-the-next-time": says("the same picture gets another logit the next time"),
    "discriminator-right": says("Your discriminator: as it should be."),
    "discriminator-amiss": says("Your discriminator: {why}."),
    # Losses and steps (checks/alternating.py).
    "loss-not-one-number": says("it is not one number"),
    "minimax-loss": says("This is the minimax loss: it is flat where the generator is recognised."),
    "returns-not-one-loss": says("it returns something else than one loss"),
    "weights-not-read-afterwards": says("the {who}'s weights cannot be read afterwards"),
    "weights-should-stay": says("the {who}'s weights move, and should stay"),
    "weights-amiss": says("the {who}'s weights: {why}"),
    "no-move": says("they do not move"),
    "their-move": says("their move"),
    "returned-loss-amiss": says("the loss that it returns: {why}"),
    # The losses that a run names (checks/generated.py, checks/adversarial.py).
    "losses-of": says("the {who}'s losses: {why}"),
    "losses-missing": says("they are missing"),
    "losses-at-least": says("at least {fewest} values are asked for"),
    "losses-must-be-finite": says("they must be finite"),
    "losses-negative": says("they cannot be negative", holds=lambda lowest: lowest < 0),
    "losses-too-regular": says("no training leaves so regular a curve"),
    "not-as-many-losses": says(
        "there are not as many losses of the one as of the other",
        holds=lambda discriminator, generator: discriminator != generator,
    ),
    "losses-amiss": says("{why!c}."),
    "losses-not-comparable": says("Their end cannot be compared: {why}."),
    "losses-of-no-training": says("{why}: these are the losses of no training."),
    "losses-of-another-scale": says(
        "Their end is not compared with your networks, since your loss has another scale."
    ),
    "losses-end-as-we-find": says(
        "The end of the discriminator's losses fits what we find with your two networks.",
        holds=lambda away, allowed: away <= allowed,
    ),
    "two-losses-end-elsewhere": says(
        "The end of the discriminator's losses does not fit what we find with your two networks.",
        holds=lambda away, allowed: away > allowed,
    ),
    "named-loss-of": says("Loss of the {who}, as your run names it"),
    # What the generator draws (checks/generated.py).
    "no-pictures": says("there are no pictures"),
    "drawn-are-no-pictures": says(
        "what it draws are not pictures of 32 x 32 pixels in three colours"
    ),
    "drawn-not-finite": says("its pictures are not finite (NaN or infinity)"),
    "distance-between": says(
        "(95% interval of the distance: {low:.3g} to {high:.3g}.)",
        holds=lambda low, high: 0 <= low <= high,
    ),
    "copied-faces-not-counted": says(
        "Copies of faces of your data are not counted as generated ones.",
        holds=lambda new: new < 1,
    ),
    "density-of-faces": says(
        "Density {value:.2f} (95% interval {low:.2f} to {high:.2f}; 1 is that of real faces).",
        holds=lambda low, value, high: low <= value <= high,
    ),
    "have-twins": says(
        "{share:.0%} of the pictures have a twin among the others.",
        holds=lambda share: 0 <= share <= 1,
    ),
    "covered-faces": says(
        "Coverage: {value:.1%} of the held-out faces have one of yours among their nearest "
        "(95% interval {low:.1%} to {high:.1%}); full marks from {full:.1%}.",
        holds=lambda low, value, high: low <= value <= high,
    ),
    "too-far-for-variety": says(
        "Variety: the pictures are too far from faces to differ as they do.",
        holds=lambda distance, none: distance >= none,
    ),
    "too-far-for-new-faces": says(
        "New faces: the pictures are too far from faces to be new ones.",
        holds=lambda distance, none: distance >= none,
    ),
    "faces-of-your-generator": says("Faces of your generator"),
    "look-at-your-faces": says(
        "Look whether they are faces, whether they are sharp, and whether some are alike."
    ),
    "faces-and-most-similar": says("Your faces, and the faces of your data most like them"),
    "look-for-copies": says(
        "Above yours, below the most similar face of your data, or its mirror image. Alike is "
        "fine; the same picture twice is a copy."
    ),
    "real-faces": says("Real faces, to compare"),
    "look-at-real-faces": says(
        "Of your validation data. Those that yours are measured against look like these."
    ),
    # How the discriminator rates pictures (checks/generated.py, checks/telling.py).
    "no-logits": says("there are no logits"),
    "other-number-of-logits": says("the discriminator does not give one logit for each picture"),
    "logits-not-finite": says("its logits are not finite (NaN or infinity)"),
    "pictures-of-your-generator": says("your generator's pictures"),
    "noise": says("noise"),
    "normally-distributed-pixels": says("normally distributed pixels"),
    "double-exposures": says("double exposures"),
    "faces-above-others": says(
        _above, holds=lambda rates: all(low <= value <= high for _, value, low, high in rates)
    ),
    "no-more-than-luck": says(
        "Above normally distributed pixels a network that was never trained rates them as often, "
        "and above the others by luck.",
        holds=lambda normal, luck: normal <= luck,
    ),
    "discriminator-untrained": says(
        "Your discriminator rates real faces above others no more than a network does that was "
        "never trained",
        holds=lambda normal, luck, own, luck_with_own: normal <= luck and own <= luck_with_own,
    ),
}
