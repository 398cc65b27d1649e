"""Whose fault it is, as a type.

    GradingError                      exit 1   (abstract: something ended the command)
    ├── StudentFault                  exit 3   the submission cannot be what was asked for
    ├── CourseFault                   exit 4   our grader, key, assignment or configuration is wrong
    ├── InfraFault                    exit 5   the machine failed: worth another try, then HELD
    └── UsageFault                    exit 2   the command line asks for something that is not there

`dlgrade grade` turns the first three into outcomes of one submission and goes on;
only `UsageFault`, or a `CourseFault` that concerns the whole class, ends a command.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the exit status of `dlgrade` means. Documented in the README; never renumbered."""

    OK = 0
    FAILED = 1
    USAGE = 2
    STUDENT = 3  # `dlgrade check`: the notebook is not ready to be handed in
    COURSE = 4
    INFRA = 5
    UNGRADED = 6  # the batch ended, and somebody's points are still HELD by a fault of ours
    PENDING = 7  # `dlgrade regrade` without --apply: something would change
    INTERRUPTED = 130  # Ctrl-C, as shells count it


class GradingError(Exception):
    """One sentence that says what is wrong, where, and what to do."""

    exit_code = ExitCode.FAILED


class StudentFault(GradingError):
    """The submission cannot be what was asked for: costs points, never holds them.

    Args:
        student: one sentence for the student; names no path and no staff matter.
        staff: one sentence for staff, with the technical reason.
    """

    exit_code = ExitCode.STUDENT

    def __init__(self, student: str, staff: str = "") -> None:
        super().__init__(student)
        self.student = student
        self.staff = staff or student


class CourseFault(GradingError):
    """Our own material is wrong: HOLDS points, never costs them."""

    exit_code = ExitCode.COURSE


class InfraFault(GradingError):
    """The machine failed, not the job: safe to retry, HELD if it stays."""

    exit_code = ExitCode.INFRA


class UsageFault(GradingError):
    """The command line asks for something that is not there."""

    exit_code = ExitCode.USAGE
