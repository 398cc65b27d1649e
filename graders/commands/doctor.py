"""`dlgrade doctor`: tries hostile probes in a sandbox and says what held."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from graders.commands.sandboxes import open_sandbox
from graders.core.errors import ExitCode, UsageFault
from graders.core.sandbox import Sandbox
from graders.doctor.model import Probe, Row, Verdict
from graders.doctor.probes import PROBES
from graders.doctor.run import SLOTS, examine

_STYLES = {Verdict.HELD: "green", Verdict.NOT_HELD: "bold red", Verdict.NOT_TRIED: "yellow"}


def examine_sandbox(
    kind: str, runtime: str, only: Sequence[str], file: Path | None, console: Console
) -> ExitCode:
    """Run the probes in a sandbox and print what held.

    Args:
        kind: `auto`, `docker` or `local`.
        runtime: of the Engine; "" for its default.
        only: names of probes; all if empty.
        file: where the table goes as JSON, too.

    Returns:
        OK if everything held, else FAILED.

    Raises:
        UsageFault: there is no probe of that name, or `file` cannot be written.
        InfraFault: the sandbox cannot be had.
    """
    probes = chosen(only)
    with open_sandbox(kind, SLOTS, console, runtime=runtime) as sandbox:
        rows = _examine(sandbox, probes, console)
        _print(rows, sandbox.name, console)
        if file is not None:
            _save(rows, sandbox, file)
    return ExitCode.OK if all(row.held for row in rows) else ExitCode.FAILED


def chosen(only: Sequence[str]) -> tuple[Probe, ...]:
    """The probes of these names, in the table's order; all of them if none is named.

    Raises:
        UsageFault: there is no probe of that name.
    """
    known = {probe.name for probe in PROBES}
    if unknown := [name for name in only if name not in known]:
        names = ", ".join(f'"{probe.name}"' for probe in PROBES)
        raise UsageFault(f'there is no probe "{unknown[0]}"; there are {names}')
    return tuple(probe for probe in PROBES if not only or probe.name in only)


def _examine(sandbox: Sandbox, probes: Sequence[Probe], console: Console) -> tuple[Row, ...]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeElapsedColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("attacks at work", total=None)

        def progress(names: Sequence[str], done: int, total: int) -> None:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            bar.update(task, total=total, completed=done, description=f"tried: {names[0]}{more}")

        return examine(sandbox, probes, progress=progress)


def _print(rows: Sequence[Row], sandbox: str, console: Console) -> None:
    table = Table(title=f"What the {sandbox} sandbox holds", title_justify="left")
    table.add_column("tried")
    table.add_column("verdict", no_wrap=True)
    table.add_column("what happened", overflow="fold")
    for row in rows:
        style = _STYLES[row.verdict]
        table.add_row(row.name, f"[{style}]{row.verdict}[/]", escape(row.happened))
    console.print(table)
    counts = {verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict}
    console.print(", ".join(f"{n} {verdict}" for verdict, n in counts.items()) + ".")
    if sandbox == "local" and counts[Verdict.NOT_HELD]:
        words = "The local sandbox isolates nothing; for what is not held, use containers."
        console.print(words, style="yellow", soft_wrap=True)


def _save(rows: Sequence[Row], sandbox: Sandbox, file: Path) -> None:
    held = all(row.held for row in rows)
    about = {"version": 1, "sandbox": sandbox.fingerprint(), "held": held,
             "rows": [asdict(row) for row in rows]}  # fmt: skip
    try:
        file.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageFault(f"the table cannot be written to {file}: {error.strerror}") from error
