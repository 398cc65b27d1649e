"""System calls that student code must not make, beside those that the Engine's profile denies.

The profile of older Engines leaves two ways past a container's walls open: io_uring, whose
operations no filter of system calls sees, and sockets of families that network namespaces do not
contain (a virtual machine's line to its host, Bluetooth, crypto). The filter stacks upon the
profile: neither can take back what the other denies. Linux on x86-64 and arm64.

Source: seccomp(2); numbers from the kernel's tables of system calls for both architectures.
"""

import ctypes
import errno
import os
import platform
import socket
import struct

_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER = 1
_ALL_THREADS = 1
_LOAD, _IF_EQUAL, _IF_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # of the classic packet filter
_NUMBER_AT, _ARCH_AT, _FIRST_ARGUMENT_AT = 0, 4, 16  # bytes in struct seccomp_data
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_X32 = 0x40000000  # a second interface of x86-64, with numbers of its own
_IO_URING = (425, 426, 427)  # setup, enter, register: the same everywhere
_FAMILIES = (1, 2, 10, 16)  # Unix, IPv4, IPv6, netlink; the network namespace contains these
# Architecture as the kernel names it; numbers of socket, socketpair and seccomp.
_MACHINES = {"x86_64": (0xC000003E, 41, 53, 317), "aarch64": (0xC00000B7, 198, 199, 277)}


def _filter(machine: str) -> bytes:
    """The program: jumps count the instructions to pass over."""
    arch, make_socket, make_pair, _ = _MACHINES[machine]

    def step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
        return struct.pack("HBBI", code, then, otherwise, value)

    def refuse(number: int) -> bytes:
        return step(_RETURN, _REFUSE | number)

    steps = [step(_LOAD, _ARCH_AT), step(_IF_EQUAL, arch, 1, 0), refuse(errno.EPERM)]
    steps += [step(_LOAD, _NUMBER_AT)]
    if machine == "x86_64":
        steps += [step(_IF_LEAST, _X32, 0, 1), refuse(errno.EPERM)]
    for number in _IO_URING:
        steps += [step(_IF_EQUAL, number, 0, 1), refuse(errno.ENOSYS)]
    steps += [
        step(_IF_EQUAL, make_socket, 2, 0),
        step(_IF_EQUAL, make_pair, 1, 0),
        step(_RETURN, _ALLOW),
        step(_LOAD, _FIRST_ARGUMENT_AT),
    ]
    last = len(_FAMILIES)
    steps += [step(_IF_EQUAL, family, last - k, 0) for k, family in enumerate(_FAMILIES)]
    return b"".join([*steps, refuse(errno.EAFNOSUPPORT), step(_RETURN, _ALLOW)])


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def narrow() -> None:
    """Deny those calls to this process and to all that it forks, for good.

    Raises:
        OSError: the kernel does not take the filter, or it is not written for this machine.
    """
    machine = platform.machine()
    if machine not in _MACHINES:
        raise OSError(errno.ENOSYS, f"there is no filter of system calls for {machine}")
    steps = _filter(machine)
    kept = ctypes.create_string_buffer(steps, len(steps))
    program = _Program(len(steps) // struct.calcsize("HBBI"), ctypes.addressof(kept))
    libc = ctypes.CDLL(None, use_errno=True)
    call = ctypes.c_long(_MACHINES[machine][3])
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.syscall(
        call, ctypes.c_long(_SET_MODE_FILTER), ctypes.c_long(_ALL_THREADS), ctypes.byref(program)
    ):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    try:
        socket.socket(40, socket.SOCK_STREAM).close()  # the line to a virtual machine's host
    except OSError:
        return
    raise OSError(errno.EPERM, "the filter of system calls does not hold")
