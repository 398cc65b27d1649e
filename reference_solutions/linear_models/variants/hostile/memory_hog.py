# title: takes and touches memory, 16 MiB at a time, up to 6 GiB
# earns: 0
# keeps: 0

# Tries: the machine runs out of memory. An honest grader stops the run at its limit.

# %% + after:setup
# It stops at 6 GiB on purpose: a sandbox without a limit must not take the machine with it.
hoard = []
while len(hoard) < 384:
    hoard.append(bytearray(b"x") * (16 * 2**20))
