"""How a job ended: from what the sandbox measured and what the driver said about its end."""

import json
from pathlib import Path
from typing import Any

from graders.core.types import COMPLETE, Ending, Execution, Job

_OUR_FAULT = 70  # exit status of the probe for a fault of its own
_MAX_ENDING = 65536
# What a driver may say about its own end. The rest is ours to say.
_ENDINGS = frozenset(
    {
        Ending.FINISHED,
        Ending.CELL_ERROR,
        Ending.CELL_TIME_LIMIT,
        Ending.TIME_LIMIT,
        Ending.OUT_OF_MEMORY,
        Ending.PROCESS_LIMIT,
        Ending.DISK_LIMIT,
        Ending.KERNEL_DIED,
    }
)


_WHY_KILLED = {
    "memory": Ending.OUT_OF_MEMORY,
    "processes": Ending.PROCESS_LIMIT,
    "cpu": Ending.TIME_LIMIT,
    "disk": Ending.DISK_LIMIT,
}


def execution(job: Job, answer: dict[str, Any]) -> Execution:
    """Put together what the server measured and what the driver said about its end.

    Args:
        job: whose `outputs` hold what the driver said.
        answer: of `serve.py` or `contained.py`: `status` of the driver, `late`, `killed` and
            `pressed` (which limits something was killed for, or ran into), `disk`, `wall_s`,
            `cpu_s`, `peak_mib`, `log`.
    """
    status = answer["status"]
    # A driver that a job has starved of memory or processes fails by the job's doing, not by ours.
    pressed = [_WHY_KILLED[why] for why in answer.get("pressed", ()) if why in _WHY_KILLED]
    said = _said(job.outputs)
    detail = str(said.get("detail", ""))[:2000]
    if pressed and not answer["late"] and (status != 0 or not said):
        ending, detail = pressed[-1], f"the driver was starved: {detail}"
    elif status == _OUR_FAULT:
        ending = Ending.PROBE_FAULT
        detail = detail or "the probe failed"
    elif answer["late"]:
        ending, detail = Ending.KILLED, "the run did not end by itself"
    elif status != 0 or said.get("ending") not in _ENDINGS:
        # Whatever was left behind: without the driver's own end it is anybody's writing.
        ending, detail = Ending.KILLED, f"the driver was ended from outside (status {status})"
    elif answer["disk"]:
        ending, detail = Ending.DISK_LIMIT, "it wrote more than it may"
    else:
        ending = Ending(said["ending"])
        stopped = [_WHY_KILLED[why] for why in answer["killed"]] or pressed
        if ending in COMPLETE and stopped:
            # It was no kernel that was killed, or the driver would know: a daemon of the notebook.
            ending, detail = stopped[-1], "something it started was ended"
    return Execution(
        ending,
        wall_s=float(answer["wall_s"]),
        cpu_s=float(answer["cpu_s"]) or _number(said.get("cpu_s")),
        peak_mib=float(answer["peak_mib"]),
        outputs=job.outputs,
        detail=detail,
        log_tail=str(answer["log"]),
    )


def _number(value: object) -> float:
    usable = isinstance(value, (int, float)) and 0 <= value < 1e9
    return float(value) if usable and isinstance(value, (int, float)) else 0.0


def _said(outputs: Path) -> dict[str, Any]:
    path = outputs / "ending.json"
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _MAX_ENDING:
            return {}
        said = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) and isinstance(said.get("ending"), str) else {}
