"""Nothing goes out and nobody is reached."""

from graders.doctor.model import Finding, Probe, Sight, Untried


def _knocked(sight: Sight, *kinds: str) -> list[str]:
    try:
        return sight.stage.knocks(*kinds)
    except LookupError as error:
        raise Untried(str(error)) from error


def _reached(sight: Sight, *kinds: str) -> Finding:
    """Whether the host heard a knock: what the cell says about it does not matter."""
    sight.told()
    if reached := _knocked(sight, *kinds):
        return Finding(False, f"reached the host at {', '.join(reached)[:70]}")
    return Finding(True, "none of the host's doors heard a knock")


def tcp(sight: Sight) -> Finding:
    return _reached(sight, "tcp4")


def udp(sight: Sight) -> Finding:
    return _reached(sight, "udp4")


def ipv6(sight: Sight) -> Finding:
    told = sight.told()
    ways = [k for k in ("internet", "metadata") if not str(told[k]).startswith("no")]
    has_doors = any(door.kind.endswith("6") for door in sight.stage.doors)
    if has_doors and (reached := _knocked(sight, "tcp6", "udp6")):
        return Finding(False, f"reached the host at {', '.join(reached)[:70]}")
    if ways:
        return Finding(False, f"there is a route ({', '.join(ways)})")
    return Finding(True, "no route" + (", no knock" if has_doors else "; the host has no IPv6"))


def route(sight: Sight) -> Finding:
    told = sight.told()
    if not str(told["internet"]).startswith("no"):
        return Finding(False, f"there is a route, {told['internet']}")
    return Finding(True, f"no route; interfaces: {', '.join(told['interfaces']) or 'none'}")


def metadata(sight: Sight) -> Finding:
    told = sight.told()
    if not str(told["metadata"]).startswith("no"):
        return Finding(False, f"there is a route, {told['metadata']}")
    return Finding(True, "no route to 169.254.169.254")


def dns(sight: Sight) -> Finding:
    told = sight.told()
    if not told["asked"]:
        return Finding(False, str(told["why"]))
    if told["answered"]:
        return Finding(False, f"a name server answered: {told['why']}")
    return Finding(True, f"nobody answers: {told['why']}")


def raw(sight: Sight) -> Finding:
    made = sight.told()["made"]
    return Finding(not made, f"made: {', '.join(made)}" if made else "refused")


def vsock(sight: Sight) -> Finding:
    told = sight.told()
    if told["made"]:
        return Finding(False, "one can be made; network namespaces do not contain it")
    return Finding(True, str(told["why"]))


def engine_socket(sight: Sight) -> Finding:
    told = sight.told()
    reached = sorted({*_knocked(sight, "unix"), *told["connected"]})
    if reached:
        return Finding(False, f"connected to {', '.join(reached)[:70]}")
    return Finding(True, f"none of {told['tried']} paths leads to one")


def abstract(sight: Sight) -> Finding:
    sight.told()
    reached = _knocked(sight, "abstract")
    return Finding(not reached, "reached the doctor's own" if reached else "out of reach")


PROBES = (
    Probe("DNS", "No name server can be reached.", "network.dns", dns),
    Probe("TCP", "No address of the host, its loopback included, accepts a connection.",
          "network.tcp", tcp),
    Probe("UDP", "No datagram reaches the host.", "network.udp", udp),
    Probe("IPv6", "No way out over IPv6, and none to the host.", "network.ipv6", ipv6),
    Probe("Internet route", "There is no route to anywhere.", "network.route", route),
    Probe("metadata address", "There is no route to a cloud's metadata service.",
          "network.route", metadata),
    Probe("raw sockets", "Packets can be neither forged nor overheard.", "network.raw", raw),
    Probe("vsock", "No socket leads past the network to the machine below.",
          "network.vsock", vsock),
    Probe("Engine socket", "The container Engine cannot be spoken to.",
          "network.local_sockets", engine_socket),
    Probe("abstract sockets", "Local sockets without a file are out of reach.",
          "network.abstract", abstract),
)  # fmt: skip
