"""How the codes of names_rnn are told: steps, letters and what comes next, names that are drawn."""

from graders.core.saying import says


def _guesses(guesses: tuple[tuple[str, float], ...]) -> str:
    return ", ".join(f"{token} {share:.0%}" for token, share in guesses)


def _falling(guesses: tuple[tuple[object, float], ...]) -> bool:
    shares = [share for _, share in guesses]
    return shares == sorted(shares, reverse=True)


def _fell(first: float, last: float, unlearnt: float) -> bool:
    """One epoch may reach what there is to reach: a training begins at a loss of no learning."""
    return last < max(first, unlearnt)


SENTENCES = {
    "your-own-network": says("Your own network"),
    "names-told-apart": says("Names told from disordered letters"),
    "read-before": says("What was read before"),
    "your-losses": says("Your losses"),
    "names-drawn": says("Names that your network draws"),
    "new-names": says("New names"),
    # Conditions of a step (checks/spelled.py).
    "state-changes-nothing": says("the state changes nothing"),
    "token-changes-nothing": says("the token changes nothing"),
    "not-probabilities-a-name": says("it does not give {n} probabilities for each name"),
    "probabilities-not-finite": says("its probabilities are not finite (NaN or infinity)"),
    "rows-no-probabilities": says(
        "its rows are no probabilities: some are negative, or do not sum to 1"
    ),
    "unsteady-when-read-again": says(
        "the same letters get other probabilities when they are read again"
    ),
    "depends-on-other-names": says("what a name gets hangs on the names that it is read with"),
    # Texts and temperatures (checks/spelled.py).
    "returns-no-text": says("it returns no text"),
    "begins-without-seed": says("the text does not begin with the seed phrase"),
    "text-too-long": says("the text is too long"),
    "text-holds-marks": says("the text holds what is no letter"),
    "not-the-letters-asked": says(
        "the letters are not those that the step asks for after what it has read"
    ),
    "other-number-of-texts": says("there are not as many texts as asked for"),
    "texts-hold-start": says("texts hold the sign of START, which is no part of them"),
    "texts-not-small-letters": says("some texts hold other things than small letters, or too many"),
    "texts-not-rated": says("its texts cannot be rated"),
    "texts-not-rated-by-nan": says("its texts cannot be rated: your step gives NaN or infinity"),
    "texts-less-likely": says(
        "its texts are less likely than those that your step draws",
        holds=lambda surprise: surprise > 0,
    ),
    "texts-more-likely": says(
        "its texts are more likely than those that your step draws",
        holds=lambda surprise: surprise < 0,
    ),
    "draws-not-countable": says("what it draws cannot be counted"),
    "tokens-drawn-otherwise": says(
        "tokens are not drawn as often as their probabilities and the temperature say"
    ),
    # What comes next (checks/names.py).
    "one-row-a-name": says("one row of {n} probabilities for each name is asked for"),
    "step-not-finite": says("what it says is not finite (NaN or infinity)"),
    "beside-counting": says(
        "(95% interval {low:.3f} to {high:.3f}; counting letters gives {letters:.2f}, counting "
        "pairs {pairs:.2f}.)",
        holds=lambda low, value, high: low <= value <= high,
    ),
    "letter-alone": says("when a letter stands alone, {why}"),
    "loses-by-order": says(
        "{title}: with the earlier letters in another order your step loses {gain:.3f} nats a "
        "letter (95% interval {low:.3f} to {high:.3f}).",
        holds=lambda low, gain, high: low <= gain <= high,
    ),
    "no-oftener-than-commonest": says(
        "But its likeliest letter is no oftener right than always naming the commonest is.",
        holds=lambda hits, commonest: hits <= commonest,
    ),
    "hardly-uses-earlier": says(
        "It hardly uses more than the last letter: is the state handed on?",
        holds=lambda low: low <= 0,
    ),
    "no-better-than-last": says(
        "But it says the next letter no better than when it reads the last one alone.",
        holds=lambda surely: not any(all(low > 0 for low in some) for some in surely),
    ),
    "looks-ahead": says(
        "It looks ahead: what it says at a place changes with the letters that come later.",
        holds=lambda moved: moved > 0,
    ),
    "network-expects": says("What your network expects"),
    "read-so-far": says("read so far"),
    "most-likely-next": says("most likely next"),
    "really-next": says("really next"),
    "its-probability": says("its probability"),
    "likely-next": says(_guesses, holds=_falling),
    "start-of-name": says("(start)"),
    "end-of-name": says("(end)"),
    "look-at-expected": says(
        "Beginnings of names that you have. Look whether what is likely is what names really do, "
        "and where your network is sure and wrong."
    ),
    "one-number-a-row": says("one number for each row is asked for"),
    "its-numbers-not-finite": says("its numbers are not finite (NaN or infinity)"),
    # Losses that the run names (checks/names.py).
    "losses-not-one-an-epoch": says("they are not one number for each epoch"),
    "losses-fall": says(
        "{title}: they fall to {last:.3g}; with your network we measure {loss:.3g} on the same "
        "names.",
        holds=_fell,
    ),
    "losses-fall-unmeasured": says(
        "{title}: they fall to {last:.3g}; what we measure: {why}.", holds=_fell
    ),
    "losses-end-elsewhere": says(
        "They do not end where your network stands.",
        holds=lambda last, lowest, ends: last not in ends and lowest not in ends,
    ),
    # Names that the network draws (checks/names.py).
    "names-unreadable": says("they cannot be read"),
    "hardly-any-small-letters": says(
        "hardly any is made of small letters", holds=lambda n, fewest: n < fewest
    ),
    "pairs-apart": says(
        "Pairs of letters: {distance:.2f} times as far from real names as real ones are; full "
        "marks up to {full:.2f}."
    ),
    "lengths-apart": says("Lengths: {distance:.2f} letters apart; full marks up to {full:.2f}."),
    "copies-not-counted": says(
        "Copies of training names, and names that come again, are not counted.",
        holds=lambda new, full: new < full,
    ),
    "too-far-to-be-new": says(
        "what your network draws is too far from names to be new",
        holds=lambda distance, none: distance >= none,
    ),
    "names-written": says("Names that generate_sample writes"),
    "the-temperature": says("temperature"),
    "begins-with": says("begins with"),
    "names-of-your-network": says("names of your network"),
    "of-the-training-set": says("of the training set"),
    "look-at-written": says(
        "Cold names keep to what is likely and are much alike; hot ones dare what no name has. "
        "Look whether the middle ones could be names."
    ),
}
