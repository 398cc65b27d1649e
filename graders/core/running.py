"""One job, tried until its ending is somebody's: the notebook's, or ours."""

import time
from collections.abc import Callable

from graders.core.errors import InfraFault
from graders.core.sandbox import Sandbox
from graders.core.store import Store
from graders.core.types import OURS, Ending, Execution, Job

# Seconds to wait before trying again after a fault of ours.
PAUSES = (0.5, 2.0)


class Interrupted(Exception):
    """Somebody asked us to stop; nothing was decided."""


def run_job(
    job: Job, sandbox: Sandbox, store: Store, stopping: Callable[[], bool]
) -> tuple[Execution, bool]:
    """Run a job, or fetch its stored run.

    A fault of ours is retried after a pause. A probe that was killed from outside itself may
    have been the machine or the notebook ("ambiguous"): it is tried once more, and if the same
    notebook comes to the same end again, it is the notebook's, judged by what it left till then.

    Returns:
        The execution and whether it ran just now. One whose ending is a fault of ours is not
        stored: the next grading tries again.

    Raises:
        Interrupted: `stopping()` became true.
    """
    if (stored := store.execution(job)) is not None:
        return stored, False
    fault = ""
    killed = False
    for pause in (*PAUSES, None):
        if stopping():
            raise Interrupted
        try:
            run = sandbox.run(job)
        except InfraFault as error:
            if stopping():
                raise Interrupted from None
            fault = str(error)
        else:
            if run.ending is Ending.KILLED and not killed:
                killed = True
                continue
            if run.ending not in OURS:
                store.finished(job, run)
                return run, True
            fault = f"{run.ending}: {run.detail}"
        if pause is not None:
            time.sleep(pause)
    return Execution(Ending.ENGINE_FAULT, 0.0, 0.0, 0.0, job.outputs, fault), True
