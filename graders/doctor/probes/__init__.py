"""All probes, as one table, and the jobs in which they run."""

from graders.core.types import Limits
from graders.doctor.model import Probe, Trial
from graders.doctor.probes import bombs, files, network, privileges, tricks

QUIET = Limits(
    cell_s=20, wall_s=90, ask_s=10, cpu_s=90, memory_mib=700, output_mib=20, disk_mib=64,
    file_mib=8, processes=128,
)  # fmt: skip
TIGHT = Limits(
    cell_s=8, wall_s=20, ask_s=5, cpu_s=30, memory_mib=300, output_mib=20, disk_mib=32,
    file_mib=16, processes=64,
)  # fmt: skip
ROOMY = Limits(
    cell_s=8, wall_s=20, ask_s=5, cpu_s=30, memory_mib=700, output_mib=20, disk_mib=32,
    file_mib=16, processes=300,
)  # fmt: skip
BESIDE = Limits(
    cell_s=300, wall_s=320, ask_s=5, cpu_s=200, memory_mib=400, output_mib=20, disk_mib=64,
    file_mib=16, processes=128,
)  # fmt: skip

# In the order in which they start: the longest first, so that none of them is waited for alone;
# the signals last, when the neighbour has long been at work.
TRIALS = {
    "neighbour": Trial(BESIDE),
    "quiet": Trial(QUIET),
    "lines": Trial(ROOMY),
    "inodes": Trial(ROOMY),
    "disk": Trial(ROOMY),
    "daemons": Trial(ROOMY, mark="daemon"),
    "memory": Trial(TIGHT),
    "shared memory": Trial(TIGHT),
    "flood": Trial(ROOMY),
    "forks": Trial(TIGHT, mark="bomb"),
    "zombies": Trial(ROOMY, mark="zombie"),
    "plant": Trial(QUIET),
    "kill": Trial(ROOMY),
    "stop": Trial(ROOMY),
    "term": Trial(ROOMY),
}
PROBES: tuple[Probe, ...] = (
    *network.PROBES,
    *files.PROBES,
    *privileges.PROBES,
    *bombs.PROBES,
    *tricks.PROBES,
)
