"""One job, tried until its ending is somebody's: the notebook's, or ours."""

import shutil
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


class Ambiguous(Exception):
    """The run was killed twice while others ran beside it: by the notebook, by one of them?"""


def run_job(
    job: Job, sandbox: Sandbox, store: Store, stopping: Callable[[], bool], *, alone: bool = False
) -> tuple[Execution, bool]:
    """Run a job, or fetch its stored run.

    A fault of ours is retried after a pause. A probe that was killed may have been the machine,
    a neighbour or the notebook itself: it is tried once more, and then once more with nothing
    beside it. Only if it comes to the same end there, too, is it the notebook's, judged by what
    it left till then.

    Args:
        alone: nothing else runs beside this job.

    Returns:
        The execution and whether it ran just now. One whose ending is a fault of ours is not
        stored: the next grading tries again.

    Raises:
        Ambiguous: killed twice; try again alone.
        Interrupted: `stopping()` became true.
    """
    if (stored := store.execution(job)) is not None:
        return stored, False
    fault = ""
    killed = False
    for pause in (*PAUSES, None):
        if stopping():
            raise Interrupted
        shutil.rmtree(
            job.outputs, ignore_errors=True
        )  # what an earlier try left counts for nothing
        try:
            run = sandbox.run(job)
        except InfraFault as error:
            if stopping():
                raise Interrupted from None
            fault = str(error)
        else:
            if run.ending is Ending.KILLED and not alone:
                if killed:
                    raise Ambiguous
                killed = True
                fault = run.detail
                continue
            if run.ending not in OURS:
                store.finished(job, run)
                return run, True
            fault = f"{run.ending}: {run.detail}"
        if pause is not None:
            time.sleep(pause)
    if killed:
        raise Ambiguous
    return Execution(Ending.ENGINE_FAULT, 0.0, 0.0, 0.0, job.outputs, fault), True
