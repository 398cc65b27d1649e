"""Ways out over the network. Nothing is ever sent to another machine: whether there is a way is
asked of the routing table (a datagram socket's `connect` sends nothing), and what is sent goes to
doors that the doctor has opened on its own machine."""

import contextlib
import os
import socket
from typing import Any


def routed(family: int, address: tuple[str, int]) -> str:
    """Which own address the system would use to reach `address`, or why it would not."""
    with socket.socket(family, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(address)
        except OSError as error:
            return f"no: {error.strerror}"
        return f"from {asked.getsockname()[0]}"


def route(facts: dict[str, Any]) -> dict[str, Any]:
    """A way to the Internet and to a cloud's metadata service."""
    interfaces = [name for _, name in socket.if_nameindex()]
    return {
        "metadata": routed(socket.AF_INET, ("169.254.169.254", 80)),
        "internet": routed(socket.AF_INET, ("198.51.100.1", 443)),  # for documentation only
        "interfaces": interfaces,
    }


def ipv6(facts: dict[str, Any]) -> dict[str, Any]:
    """The same over IPv6, and the host's own IPv6 addresses."""
    try:
        way = routed(socket.AF_INET6, ("2001:db8::1", 443))
        metadata = routed(socket.AF_INET6, ("fd00:ec2::254", 80))
    except OSError as error:  # the kernel has no IPv6 at all
        way = metadata = f"no: {error.strerror}"
    return {"internet": way, "metadata": metadata, "knocked": knock(facts, ("tcp6", "udp6"))}


def knock(facts: dict[str, Any], kinds: tuple[str, ...]) -> dict[str, str]:
    """Send the token to every door of the host of these kinds."""
    told = {}
    for kind, address in facts["doors"]:
        if kind not in kinds:
            continue
        family = socket.AF_INET6 if kind.endswith("6") else socket.AF_INET
        type_ = socket.SOCK_STREAM if kind.startswith("tcp") else socket.SOCK_DGRAM
        with contextlib.suppress(OSError), socket.socket(family, type_) as way:
            way.settimeout(1.0)
            try:
                way.connect(tuple(address))
                way.sendall(f"{facts['token']} {kind}".encode())
                told[f"{kind} {address[0]}"] = "sent"
            except OSError as error:
                told[f"{kind} {address[0]}"] = str(error.strerror or error)
    return told


def tcp(facts: dict[str, Any]) -> dict[str, Any]:
    """Connect to the host on every address that it has, its loopback included."""
    return {"knocked": knock(facts, ("tcp4",))}


def udp(facts: dict[str, Any]) -> dict[str, Any]:
    """Send datagrams to the host on every address that it has."""
    return {"knocked": knock(facts, ("udp4",))}


def name_servers() -> list[str]:
    """Addresses of the configured name servers."""
    try:
        with open("/etc/resolv.conf", encoding="utf-8", errors="replace") as file:
            words = [line.split() for line in file]
    except OSError:
        return []
    return [w[1].partition("%")[0] for w in words if len(w) > 1 and w[0] == "nameserver"]


def listens_here(address: str) -> bool:
    """Whether anything in this network listens on a loopback address or on port 53."""
    swapped = "".join(f"{int(part):02X}" for part in reversed(address.split(".")))
    for table in ("/proc/net/udp", "/proc/net/tcp"):
        with contextlib.suppress(OSError), open(table, encoding="ascii") as file:
            for line in file.readlines()[1:]:
                host, _, port = line.split()[1].partition(":")
                if host == swapped or int(port, 16) == 53:
                    return True
    return False


def dns(facts: dict[str, Any]) -> dict[str, Any]:
    """Look up a name that cannot exist, but only where the question cannot leave this machine."""
    shared = False
    with contextlib.suppress(OSError):
        shared = os.readlink("/proc/self/ns/net") == facts["namespaces"].get("net")
    if shared:
        return {"asked": False, "why": "it has the host's own network and its name servers"}
    for server in name_servers():
        if server.startswith("127."):
            reached = listens_here(server)
        else:
            family = socket.AF_INET6 if ":" in server else socket.AF_INET
            try:
                reached = not routed(family, (server, 53)).startswith("no")
            except OSError:
                reached = False
        if reached:
            return {"asked": False, "why": f"the name server {server} can be reached"}
    try:
        socket.getaddrinfo(f"{facts['token']}.invalid", 80)
    except socket.gaierror as error:
        # "This name does not exist" is an answer, and somebody must have given it.
        answered = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None))
        return {"asked": True, "answered": answered, "why": str(error.strerror)}
    return {"asked": True, "answered": True, "why": "it was resolved"}


def raw(facts: dict[str, Any]) -> dict[str, Any]:
    """Sockets that see or forge packets, or that know no network namespaces."""
    made = []
    tries: list[tuple[str, tuple[int, ...]]] = [
        ("raw IPv4", (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)),
        ("raw IPv6", (socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)),
    ]
    if hasattr(socket, "AF_PACKET"):
        tries.append(("packet", (socket.AF_PACKET, socket.SOCK_RAW, 0x0300)))
    for name, arguments in tries:
        with contextlib.suppress(OSError), socket.socket(*arguments):
            made.append(name)
    return {"made": made}


def vsock(facts: dict[str, Any]) -> dict[str, Any]:
    """A socket to the machine below this one, if this one is virtual. It is made, never used."""
    if not hasattr(socket, "AF_VSOCK"):
        return {"made": False, "why": "this system has none"}
    try:
        with socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM):
            return {"made": True, "why": ""}
    except OSError as error:
        return {"made": False, "why": str(error.strerror)}


def local_sockets(facts: dict[str, Any]) -> dict[str, Any]:
    """The Engine's socket, under every name that it may have, and one of the doctor's."""
    told = {}
    named = os.environ.get("DOCKER_HOST", "").removeprefix("unix://")
    paths = [*facts["engine_sockets"], *([named] if named.startswith("/") else [])]
    for start in ("/proc/1/root", "/host", "/rootfs"):
        paths += [start + path for path in facts["engine_sockets"]]
    for path in paths:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as way:
            way.settimeout(1.0)
            try:
                way.connect(path)
                if path.endswith("engine.sock"):
                    way.sendall(f"{facts['token']} unix".encode())
                told[path] = "connected"
            except OSError as error:
                told[path] = str(error.strerror or error)
    return {"tried": len(paths), "connected": [p for p, how in told.items() if how == "connected"]}


def abstract(facts: dict[str, Any]) -> dict[str, Any]:
    """A socket without a file: it belongs to the network, not to any folder."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as way:
        way.settimeout(1.0)
        try:
            way.connect("\0" + facts["abstract"])
            way.sendall(f"{facts['token']} abstract".encode())
        except OSError as error:
            return {"how": str(error.strerror or error)}
    return {"how": "connected"}
