"""Comes before every attack, in the same cell. An attack takes the host's facts and tells, as plain
data, what it could do.

`facts["apart"]`: does this cell run apart from the machine that the doctor runs on? Where it does
not, attacks that would harm that machine are left out, whatever the sandbox calls itself.
"""

import json
import os
from typing import Any


def same_namespace(kind: str, hosts: dict[str, str]) -> bool:
    """Whether this process shares a namespace of the kernel with the doctor."""
    try:
        return os.readlink(f"/proc/self/ns/{kind}") == hosts.get(kind, "")
    except OSError:
        return False


def is_apart(facts: dict[str, Any]) -> bool:
    """Whether neither processes, nor files, nor the network are the host's."""
    if any(same_namespace(kind, facts["namespaces"]) for kind in ("pid", "mnt", "net")):
        return False
    # The same test for systems without namespaces: is the host's own file in sight?
    return not os.path.exists(facts["host_file"])


def begin(mark: str, text: str) -> dict[str, Any]:
    """The host's facts. What is printed here proves that the cell did run."""
    print(f"{mark} begun", flush=True)
    facts: dict[str, Any] = json.loads(text)
    facts["apart"] = is_apart(facts)
    return facts


def report(mark: str, said: dict[str, Any]) -> None:
    """Tell the host, in one line."""
    print(f"\n{mark} said {json.dumps(said)}", flush=True)
