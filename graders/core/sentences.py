"""How the core's own codes are told: why there is no answer, and why there are no points."""

from graders.core.saying import says, shared

SENTENCES = shared(
    {
        # Why a question has no answer.
        "not-defined": says("your notebook does not define `{name}`"),
        "not-written": says("`{name}` is not written yet"),
        "run-ended-before": says("your run ended before `{name}` could be looked at"),
        "ended-before-asked": says("the run ended before this was asked"),
        "over-time-limit": says("it did not finish within the time limit"),
        "ended-python": says("it ended the whole Python process"),
        "not-asked-in-time": says(
            "it could not be asked: no time was left, or an earlier one had ended the process"
        ),
        "not-numbers": says("it returned something that is not numbers"),
        "stops-with": says("it stops with {error}"),
        "stops-with-own-error": says("it stops with an error of its own kind"),
        "unreadable-answer": says("it gave no answer that can be read"),
        "unreadable-result": says("its result cannot be read ({error})"),
        "not-looked-at": says("it could not be looked at"),
        "left-nothing": says("your run left nothing for {evidence!r}"),
        # Why a check has no points, or waits.
        "unanswered": says("{why!c}."),
        "as-noted": says("{note}"),
        "by-hand": says("A person reads this one."),
        "held-check-failed": says("Held for staff: our check failed, not your work."),
        "held-machine-failed": says("Held for staff: our machine failed, not your work."),
    }
)
