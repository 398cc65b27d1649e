"""`dlgrade data`: get the course's data, verify it, prepare it, say what there is.

Raw files lie in one folder for all courses: $DLGRADE_DATA, else `dlgrade/data` in the user's cache
folder. The work is done in graders/core/data; heavy imports happen inside the commands.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from graders.core.errors import ExitCode, GradingError, UsageFault

if TYPE_CHECKING:
    from rich.console import Console

    from graders.core.data.sources import DataFile, DataSet

_FOLDER = click.Path(path_type=Path, file_okay=False)
_RAW_HELP = "Where fetched files are.  [default: $DLGRADE_DATA, else your cache folder]"
_RAW = click.option("--from", "raw", type=_FOLDER, help=_RAW_HELP)
_NAMES = click.argument("names", nargs=-1, metavar="[NOTEBOOK]...")


@click.group()
def data() -> None:
    """Get, verify and prepare the data that notebooks read."""


@data.command()
@_NAMES
@click.option(
    "--mirror",
    default="",
    metavar="DIR|URL",
    help="Look here first: a folder, or an address, with the files that data.toml names.",
)
@click.option("--to", "raw", type=_FOLDER, help=_RAW_HELP.replace("are.", "go."))
def fetch(names: tuple[str, ...], mirror: str, raw: Path | None) -> int:
    """Fetch the full tier's files of the NOTEBOOKs, or of the whole course.

    What is here already is not fetched again; what was cut off is resumed; nothing is kept under
    its name before its checksum is right.

    Exit codes: 0 all is here; 2 no such notebook or mirror; 4 a data.toml is wrong; 5 something
    could not be fetched or kept, and why is said.
    """
    from graders.core.data.fetching import obtain
    from graders.core.data.sources import datasets, raw_folder

    if mirror and not mirror.startswith(("http://", "https://")) and not Path(mirror).is_dir():
        raise UsageFault(f"the mirror {mirror} is neither a folder nor an address with http(s)")
    raw = raw or raw_folder()
    console, faults = _console(), list[GradingError]()
    for wanted in datasets(names):
        try:
            with _bars(console) as told:
                source = obtain(wanted, raw, mirror, told)
        except GradingError as fault:
            faults.append(fault)
            click.echo(f"✗ {wanted.name}: not here")
        else:
            click.echo(f"✓ {wanted.name} ({source.name}): {_sum(source.files)}")
    for earlier in faults[:-1]:
        click.echo(f"dlgrade: {earlier}", err=True)
    if faults:
        raise faults[-1]
    click.echo(f"All of it is in {raw}.")
    return ExitCode.OK


@data.command()
@_NAMES
@_RAW
def verify(names: tuple[str, ...], raw: Path | None) -> int:
    """Compare fetched files with the checksums of data.toml.

    Exit codes: 0 every data set is whole; 1 one is missing or damaged; 2 no such notebook.
    """
    from graders.core.data.sources import datasets, raw_folder

    raw = raw or raw_folder()
    bad = 0
    for dataset in datasets(names):
        source = dataset.present(raw)
        bad += source is None
        if source:
            click.echo(f"✓ {dataset.name} ({source.name}): {_sum(source.files)}")
        else:
            click.echo(f"✗ {dataset.name}: {_why(dataset, raw)}")
    if bad:
        mend = "`dlgrade data fetch` gets what is missing or damaged."
        click.echo(f"{bad} of the data sets cannot be used. {mend}")
    return ExitCode.FAILED if bad else ExitCode.OK


@data.command(name="list")
@_NAMES
@_RAW
def list_data(names: tuple[str, ...], raw: Path | None) -> int:
    """List data sets, their sources, sizes, licences, and which of them are here."""
    from graders.core.data.sources import datasets, raw_folder, state

    raw = raw or raw_folder()
    for dataset in datasets(names):
        click.echo(f"{dataset.name}  for {', '.join(dataset.notebooks)}")
        for source in dataset.sources:
            for file in source.files:
                size = f"{file.size / 1e6:,.1f} MB" if file.size else "size unknown"
                where = file.urls[0] if file.urls else f"mirror: {file.mirror}"
                told = {"good": "here", "missing": "not here"}.get(
                    now := state(file, dataset.folder(raw)), now
                )
                click.echo(f"  {source.name}: {file.name}, {size}, {told}; {where}")
            click.echo(f"    licence: {source.files[0].licence}")
    click.echo(f"Fetched files are kept in {raw}.")
    return ExitCode.OK


@data.command()
@_NAMES
@_RAW
@click.option(
    "--tier", type=click.Choice(["mini", "full"]), default="full", show_default=True, help="Which."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of mini.")
@click.option(
    "--into",
    "cache",
    type=_FOLDER,
    default=Path("graded/.store"),
    show_default=True,
    help="Keep it here: where `dlgrade grade` looks is OUT/.store.",
)
def make(names: tuple[str, ...], raw: Path | None, tier: str, seed: int, cache: Path) -> int:
    """Prepare the files that the NOTEBOOKs read. Grading does it by itself; this does it before.

    Exit codes: 0 done; 2 no such notebook, or its files are not here or damaged; 4 our preparation
    is wrong; 5 this machine cannot keep it.
    """
    from graders.core.data import prepared
    from graders.core.data.sources import datasets

    for dataset in datasets(names):
        for notebook in dataset.notebooks:
            if names and not {notebook, dataset.name, dataset.assignment.name} & {*names}:
                continue
            if not (dataset.assignment / "prepare.py").is_file():
                click.echo(f"- {notebook}: this version has no preparation for it")
                continue
            made = prepared(dataset.assignment, notebook, tier, cache, seed=seed, raw=raw)
            click.echo(f"✓ {notebook}, {tier}: {made.train.parent}")
    return ExitCode.OK


def _sum(files: "tuple[DataFile, ...]") -> str:
    total = sum(file.size or 0 for file in files)
    return f"{len(files)} file{'s'[: len(files) > 1]}, {total / 1e6:,.1f} MB, checksums right"


def _why(dataset: "DataSet", raw: Path) -> str:
    from graders.core.data.sources import state

    known = [f for source in dataset.sources if source.known for f in source.files]
    damaged = [f.name for f in known if state(f, dataset.folder(raw)) == "damaged"]
    if damaged:
        return f"{dataset.folder(raw) / damaged[0]} is not what data.toml says: damaged or another"
    return f"not in {dataset.folder(raw)}"


def _console() -> "Console":
    from rich.console import Console

    return Console(stderr=True)


@contextmanager
def _bars(console: "Console") -> "Iterator[Callable[[DataFile], Callable[[int], None]] | None]":
    """A bar with the time left for each file; none where nobody looks."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:

        def told(file: "DataFile") -> Callable[[int], None]:
            task = progress.add_task(file.name, total=file.size)
            return lambda here: progress.update(task, completed=here)

        yield told
