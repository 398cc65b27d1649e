"""Becoming somebody else, looking into other processes, and doors of the kernel.

Whatever changes the process that does it runs in a child of its own.
"""

import contextlib
import ctypes
import errno
import functools
import os
import platform
import resource
import signal
import stat
import time
from collections.abc import Callable
from typing import Any

LIBC = ctypes.CDLL(None, use_errno=True)
# Numbers of system calls: x86-64, aarch64. What is newer than both tables has one number.
NUMBERS = {
    "ptrace": (101, 117), "mount": (165, 40), "unshare": (272, 97), "setns": (308, 268),
    "pivot_root": (155, 41), "add_key": (248, 217), "keyctl": (250, 219), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "open_by_handle_at": (304, 265), "init_module": (175, 105), "syslog": (103, 116),
    "reboot": (169, 142), "swapon": (167, 224), "process_vm_readv": (310, 270),
    "open_tree": (428, 428), "fsopen": (430, 430), "quotactl": (179, 60), "iopl": (172, -1),
    "pidfd_getfd": (438, 438),
}  # fmt: skip
SPACES = {
    "user": 0x10000000, "mnt": 0x00020000, "pid": 0x20000000, "net": 0x40000000,
    "ipc": 0x08000000, "uts": 0x04000000, "cgroup": 0x02000000, "time": 0x00000080,
}  # fmt: skip


def call(name: str, *arguments: Any) -> str:
    """Make a system call; `done`, or the error's name."""
    column = {"x86_64": 0, "amd64": 0, "aarch64": 1, "arm64": 1}.get(platform.machine().lower())
    number = NUMBERS[name][column] if column is not None else -1
    if number < 0:
        return "ENOSYS"
    ctypes.set_errno(0)
    given = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    if LIBC.syscall(ctypes.c_long(number), *given) == -1:
        return errno.errorcode.get(ctypes.get_errno(), "error")
    return "done"


def in_child(action: Callable[[], Any], seconds: float = 5.0) -> str:
    """What `action` returns, or its error's name, in a process of its own."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        word = "done"
        try:
            word = str(action() or "done")
        except OSError as error:
            word = errno.errorcode.get(error.errno or 0, "error")
        except Exception as error:
            word = type(error).__name__
        finally:
            os.write(writing, word.encode()[:4000])
            os._exit(0)
    os.close(writing)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    with open(reading, "rb") as pipe:
        word = pipe.read().decode()
    signal.setitimer(signal.ITIMER_REAL, 0)
    os.waitpid(pid, 0)
    return word or "died"


def own_status() -> dict[str, str]:
    """This process as the kernel describes it."""
    with open("/proc/self/status", encoding="utf-8") as file:
        return {k: v.strip() for k, _, v in (line.partition(":") for line in file)}


def setuid(facts: dict[str, Any]) -> dict[str, Any]:
    """Become root, directly or through programs that carry root's rights."""
    status = own_status()
    tries: dict[str, Callable[[], Any]] = {
        "setuid": lambda: os.setuid(0),
        "setresuid": lambda: os.setresuid(0, 0, 0),
        "setgid": lambda: os.setgid(0),
        "setgroups": lambda: os.setgroups([0]),
    }
    became = [name for name, action in tries.items() if in_child(action) == "done"]
    programs = []
    for folder in ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/libexec"):
        with contextlib.suppress(OSError):
            for entry in os.scandir(folder):
                with contextlib.suppress(OSError):
                    mode = entry.stat(follow_symlinks=False).st_mode
                    if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
                        programs.append(entry.path)
    return {
        "uid": os.getuid(),
        "became": became,
        "programs": len(programs),
        "no_new_privileges": status.get("NoNewPrivs") == "1",
    }


def capabilities(facts: dict[str, Any]) -> dict[str, Any]:
    """Root's rights in parts: those in force and those that could be had."""
    status = own_status()
    return {name: int(status.get(name, "0"), 16)
            for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}  # fmt: skip


def accounts() -> dict[int, int]:
    """Every process in sight and its account."""
    found = {}
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError):
            found[int(name) if name.isdigit() else -1] = os.stat(f"/proc/{name}").st_uid
    found.pop(-1, None)
    found.pop(os.getpid(), None)
    return found


def trace(facts: dict[str, Any]) -> dict[str, Any]:
    """Take hold of other processes: stop them, read their memory, take their open files."""
    seen = accounts()
    others = [pid for pid, uid in seen.items() if uid != os.getuid()]
    targets = list(seen) if facts["apart"] else [facts["victims"]["trace"]]
    held = []
    ways: dict[str, Callable[[int], Any]] = {
        "traced": attach,
        "memory opened": lambda pid: open(f"/proc/{pid}/mem", "rb").close(),
        "memory read": read_memory,
        "file taken": take_file,
        "file opened": open_file,
        "environment read": lambda pid: open(f"/proc/{pid}/environ", "rb").close(),
    }
    for pid in targets:
        for name, way in ways.items():
            if in_child(functools.partial(way, pid)) == "done":
                held.append([pid, seen.get(pid, -1), name])
    return {
        "held": held, "tried": len(targets), "others": len(others), "uid": os.getuid(),
        "apart": facts["apart"], "first": first_process(),
    }  # fmt: skip


def first_process() -> str:
    """Whether the first process may be signalled by us: it tells whose it is."""
    try:
        os.kill(1, 0)
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, "error")
    return "ours"


def attach(pid: int) -> str:
    word = call("ptrace", 16, pid, 0, 0)  # PTRACE_ATTACH; the end of this child lets go
    if word == "done":
        os.waitpid(pid, 0x40000000)  # __WALL
        call("ptrace", 17, pid, 0, 0)  # PTRACE_DETACH
    return word


def read_memory(pid: int) -> str:
    """Read a few bytes of a process's own code or data."""
    with open(f"/proc/{pid}/maps") as maps:
        start = int(maps.readline().partition("-")[0], 16)
    room = ctypes.create_string_buffer(16)
    here = (ctypes.c_size_t * 2)(ctypes.addressof(room), 16)
    there = (ctypes.c_size_t * 2)(start, 16)
    return call("process_vm_readv", pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)


def take_file(pid: int) -> str:
    """Take a copy of another process's first open file."""
    return call("pidfd_getfd", os.pidfd_open(pid), 0, 0)


def open_file(pid: int) -> None:
    """Open whatever another process has open."""
    names = os.listdir(f"/proc/{pid}/fd")
    for name in names:
        with contextlib.suppress(OSError):
            os.close(os.open(f"/proc/{pid}/fd/{name}", os.O_RDONLY | os.O_NONBLOCK))
            return
    raise PermissionError(errno.EACCES, "none")


def namespaces(facts: dict[str, Any]) -> dict[str, Any]:
    """Make new namespaces, in which one would be root, or enter others."""
    made = [name for name, flag in SPACES.items()
            if in_child(functools.partial(call, "unshare", flag)) == "done"]  # fmt: skip
    both = SPACES["user"] | SPACES["mnt"] | SPACES["net"]
    if in_child(lambda: call("unshare", both)) == "done":
        made.append("all")
    entered = []
    for kind in ("user", "mnt", "pid", "net", "ipc"):
        if facts["apart"] and in_child(functools.partial(enter, f"/proc/1/ns/{kind}")) == "done":
            entered.append(kind)
    return {"made": made, "entered": entered}


def enter(path: str) -> str:
    number = os.open(path, os.O_RDONLY)
    return call("setns", number, 0)


def mounts(facts: dict[str, Any]) -> dict[str, Any]:
    """Mount something, or change the root folder."""
    here = os.getcwd().encode()
    tries: dict[str, Callable[[], Any]] = {
        "chroot": lambda: os.chroot("."),
        "open_tree": lambda: call("open_tree", -100, here, 1),  # a detached copy
        "fsopen": lambda: call("fsopen", b"tmpfs", 0),
    }
    if facts["apart"]:
        tries |= {
            "mount": lambda: call("mount", b"none", here, b"tmpfs", 0, 0),
            "bind": lambda: call("mount", b"/", here, 0, 4096, 0),
            "remount": lambda: call("mount", b"none", b"/", 0, 32 | 4096, 0),
            "proc": lambda: call("mount", b"proc", here, b"proc", 0, 0),
            "pivot_root": lambda: call("pivot_root", b".", b"."),
        }
    return {"done": [name for name, action in tries.items() if in_child(action) == "done"],
            "tried": len(tries)}  # fmt: skip


def devices(facts: dict[str, Any]) -> dict[str, Any]:
    """Make devices, and open those that give away the machine."""
    made = []
    for kind, name in ((stat.S_IFCHR, "character"), (stat.S_IFBLK, "block")):
        with contextlib.suppress(OSError):
            os.mknod("a-device", kind | 0o600, os.makedev(1, 3 if name == "character" else 0))
            made.append(name)
            os.unlink("a-device")
    harmless = {
        "null", "zero", "full", "random", "urandom", "tty", "ptmx", "stdin", "stdout", "stderr",
        "fd", "console", "core", "pts", "shm", "mqueue",
    }  # fmt: skip
    opened = []
    for name in sorted(os.listdir("/dev")):
        path = f"/dev/{name}"
        with contextlib.suppress(OSError):
            mode = os.stat(path).st_mode
            # Opening a terminal or a watchdog does things: whether we may is enough to know.
            special = stat.S_ISCHR(mode) or stat.S_ISBLK(mode)
            if name not in harmless and special and os.access(path, os.R_OK | os.W_OK):
                opened.append(name)
    return {"made": made, "opened": opened}


def gpus(facts: dict[str, Any]) -> dict[str, Any]:
    """Graphics processors: nobody has leased one for this job."""
    found = []
    for folder in ("/dev", "/dev/dri", "/proc/driver"):
        with contextlib.suppress(OSError):
            found += [f"{folder}/{name}" for name in os.listdir(folder)
                      if name.startswith(("nvidia", "card", "render", "kfd", "dxg"))]  # fmt: skip
    return {"found": found}


def keyring(facts: dict[str, Any]) -> dict[str, Any]:
    """The kernel's keys: they belong to an account, so jobs could meet there."""
    own = -2  # of this process alone: ends with the child
    added = in_child(lambda: call("add_key", b"user", b"dlgrade-doctor", b"x", 1, own))
    return {"add_key": added, "keyctl": in_child(lambda: call("keyctl", 0, own, 1, 0, 0))}


def kernel_doors(facts: dict[str, Any]) -> dict[str, Any]:
    """Parts of the kernel that a notebook never needs and that were often broken."""
    room = ctypes.create_string_buffer(256)
    event = (ctypes.c_uint32 * 32)(1, 128, 9)  # a software event: its size, context switches
    array = (ctypes.c_uint32 * 32)(2, 4, 4, 1)  # BPF_MAP_TYPE_ARRAY with one entry
    tries: dict[str, Callable[[], Any]] = {
        "bpf": lambda: call("bpf", 0, ctypes.byref(array), 128),
        "perf_event_open": lambda: call("perf_event_open", ctypes.byref(event), 0, -1, -1, 0),
        "userfaultfd": lambda: call("userfaultfd", 0),
        "open_by_handle_at": lambda: call("open_by_handle_at", -100, room, 0),
        "init_module": lambda: call("init_module", room, 1, b""),
        "quotactl": lambda: call("quotactl", 0, b"", 0, 0),
        "swapon": lambda: call("swapon", b"", 0),
        "reboot": lambda: call("reboot", 1, 2, 3, 0),  # no such code: it could never be obeyed
        "iopl": lambda: call("iopl", 3),
    }
    answers = {name: in_child(action) for name, action in tries.items()}
    refused = {"EPERM", "EACCES", "ENOSYS"}
    # Past the question whether one may, an empty request fails for what is asked.
    return {"open": sorted(n for n, word in answers.items() if word not in refused),
            "answers": answers}  # fmt: skip


def io_uring(facts: dict[str, Any]) -> dict[str, Any]:
    """System calls by the backdoor: a ring of requests that no filter sees."""
    room = ctypes.create_string_buffer(256)
    return {"how": in_child(lambda: call("io_uring_setup", 2, room))}


def kernel_messages(facts: dict[str, Any]) -> dict[str, Any]:
    """The kernel's log, memory and addresses."""
    opened = []
    room = ctypes.create_string_buffer(64)
    if call("syslog", 3, room, 64) == "done":
        opened.append("syslog")
    for path in ("/dev/kmsg", "/dev/mem", "/dev/port", "/proc/kcore", "/proc/kmsg",
                 "/proc/kpagecount", "/proc/vmallocinfo", "/proc/sched_debug", "/proc/timer_list",
                 "/proc/1/environ", "/proc/1/maps"):  # fmt: skip
        with contextlib.suppress(OSError), open(path, "rb", buffering=0) as file:
            os.set_blocking(file.fileno(), False)
            if file.read(16):
                opened.append(path)
    with contextlib.suppress(OSError), open("/proc/kallsyms", "rb") as file:
        if file.read(16).strip(b"0 ")[:1] not in (b"", b"A", b"T", b"D", b"t", b"d"):
            opened.append("/proc/kallsyms")
    return {"opened": opened}


def peek(facts: dict[str, Any]) -> dict[str, Any]:
    """Command lines and environments of all processes in sight."""
    found: set[str] = set()
    seen = 0
    for pid in accounts():
        for name in ("cmdline", "environ"):
            seen += 1
            with contextlib.suppress(OSError), open(f"/proc/{pid}/{name}", "rb") as file:
                for word in file.read(2**17).decode("utf-8", "replace").split("\0"):
                    at = word.find(facts["secret"])
                    found |= {word[at:][:90]} if at >= 0 else set()
    return {"found": sorted(found), "seen": seen}


def environment(facts: dict[str, Any]) -> dict[str, Any]:
    """What this process was given of the host's environment: tokens are often kept there."""
    found = [value for value in os.environ.values() if facts["secret"] in value]
    return {"found": found, "seen": len(os.environ)}


def clock(facts: dict[str, Any]) -> dict[str, Any]:
    """Set the time of day: to what it is, so that a success harms nobody."""
    if not facts["apart"]:
        may = bool(int(own_status().get("CapEff", "0"), 16) >> 25 & 1)
        return {"set": may, "how": "not tried: it is the host's own", "apart": False}
    how = in_child(lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()))
    return {"set": how == "done", "how": how, "apart": True}


def limits(facts: dict[str, Any]) -> dict[str, Any]:
    """Raise the job's own limits and its priority."""
    raised, finite = [], 0
    for name in ("AS", "DATA", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE", "MEMLOCK", "STACK"):
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        if hard == resource.RLIM_INFINITY:
            continue
        finite += 1
        more = (hard + 1, hard + 1)
        if in_child(functools.partial(resource.setrlimit, kind, more)) == "done":
            raised.append(name)
    if in_child(lambda: os.setpriority(os.PRIO_PROCESS, 0, -5)) == "done":
        raised.append("priority")
    parameters = os.sched_param(1)
    if in_child(lambda: os.sched_setscheduler(0, os.SCHED_FIFO, parameters)) == "done":
        raised.append("real time")
    return {"raised": raised, "finite": finite}


def core_dump(facts: dict[str, Any]) -> dict[str, Any]:
    """Crash, and see whether the memory is written to the disk."""
    pid = os.fork()
    if pid == 0:
        os.kill(os.getpid(), signal.SIGSEGV)
        os._exit(0)
    status = os.waitpid(pid, 0)[1]
    left = [name for name in os.listdir(".") if name == "core" or name.startswith("core.")]
    for name in left:
        os.unlink(name)
    return {"crashed": os.WIFSIGNALED(status), "dumped": os.WCOREDUMP(status), "left": left}
