"""The data that notebooks read as `$COURSE_DATA`, and what is held out of it.

Each assignment prepares its own: `assignments/<assignment>/prepare.py` has `mini(notebook, train,
held_out, seed)`, `full(notebook, raw, train, held_out)`, and `MADE_BY`: by notebook, the files that
its data depends on. What they write is kept in
`<cache>/data/<notebook>.<tier>.<seed>.<digest>/{train,held_out}` and never changed: other code or
other files make another folder, and a run that still reads the old one is not disturbed.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from graders.core import catalogue, jobs, reach
from graders.core.catalogue import Course
from graders.core.data.sources import files_of, raw_folder, sha256_of
from graders.core.errors import CourseFault, InfraFault, UsageFault
from graders.core.reach import syntax
from graders.core.types import CourseData


def course_data(
    course: Course, tier: str, cache: Path, *, seed: int = 0, raw: Path | None = None
) -> CourseData:
    """The data of a notebook at one tier, prepared on first use.

    Args:
        course: whose assignment prepares it.
        tier: `mini`, drawn from `seed`, or `full`, from the files that `dlgrade data fetch` got.
        cache: folder to keep it in.
        raw: where those files are; by default `raw_folder()`.

    Raises:
        CourseFault: the assignment cannot prepare it.
        InfraFault: this machine cannot hold it.
        UsageFault: no such tier, or files of the full tier are not here.
    """
    return prepared(course.source.parent, course.name, tier, cache, seed=seed, raw=raw)


def prepared(
    assignment: Path,
    notebook: str,
    tier: str,
    cache: Path,
    *,
    seed: int = 0,
    raw: Path | None = None,
) -> CourseData:
    """The same for a notebook of an assignment's folder, whether or not a grader knows it."""
    files = _files(assignment, notebook, tier, raw)
    digest = _digest(assignment, notebook, tier, seed, files)
    folder = _folder(notebook, tier, seed, digest, cache)
    if not folder.is_dir():
        maker = _maker(assignment, notebook)
        with _new(folder) as part:
            _prepare(maker, notebook, tier, part, seed, files)
    _open_to_all(folder)
    held_out = folder.resolve() / "held_out"
    return CourseData(
        tier=tier,
        train=folder.resolve() / "train",
        held_out=held_out if (held_out / "cases.npz").is_file() else None,
        digest=digest,
        seed=seed,
    )


def mini_data(course: Course, cache: Path) -> Path:
    """The training side of the notebook's mini data, made on first use."""
    return course_data(course, "mini", cache).train


def chosen(
    course: Course, tier: str, folder: Path | None, cache: Path, seed: int = 0
) -> CourseData:
    """A folder of staff's own, else what the tier has.

    Args:
        folder: what notebooks shall read. Nothing is held out of it, unless it is a prepared one,
            with `train` and `held_out` in it.
    """
    if folder is None:
        return course_data(course, tier, cache, seed=seed)
    if not folder.is_dir():
        raise UsageFault(f"there is no folder {folder} to read data from")
    if (folder / "train").is_dir() and (folder / "held_out" / "cases.npz").is_file():
        train, held_out = folder.resolve() / "train", folder.resolve() / "held_out"
        return CourseData(tier, train, held_out, jobs.folder_digest(folder), seed)
    return CourseData(tier, folder.resolve(), None, jobs.folder_digest(folder), seed)


def is_prepared(course: Course, tier: str, cache: Path, seed: int = 0) -> bool:
    """Whether `course_data` with the default `raw` has nothing left to do.

    Raises:
        as `course_data`.
    """
    assignment = course.source.parent
    files = _files(assignment, course.name, tier, None)
    digest = _digest(assignment, course.name, tier, seed, files)
    return _folder(course.name, tier, seed, digest, cache).is_dir()


def _files(assignment: Path, notebook: str, tier: str, raw: Path | None) -> dict[str, Path]:
    """The verified files that the tier is made from, by name; a mini tier needs none."""
    if tier not in ("mini", "full"):
        raise UsageFault(f"there is no tier {tier!r}; there are mini and full")
    return {} if tier == "mini" else files_of(assignment, notebook, raw or raw_folder())


def _maker(assignment: Path, notebook: str) -> ModuleType:
    """The assignment's prepare.py; `MADE_BY` names the files that a notebook's data depends on.

    Raises:
        CourseFault: there is none, or it does not prepare this notebook.
    """
    maker = catalogue.load(assignment / "prepare.py")
    if notebook not in getattr(maker, "MADE_BY", {}):
        raise CourseFault(f"{notebook}: assignments/{assignment.name}/prepare.py does not name it")
    return maker


def _folder(notebook: str, tier: str, seed: int, digest: str, cache: Path) -> Path:
    drawn = f"{tier}.{seed}" if tier == "mini" else tier
    return cache / "data" / f"{notebook}.{drawn}.{digest[:12]}"


def _digest(assignment: Path, notebook: str, tier: str, seed: int, files: dict[str, Path]) -> str:
    """sha256 of what the data is made from: code, and the seed or the verified files.

    Of code, neither comments nor the names of its files count: the data would be the same.
    """
    code = _maker(assignment, notebook).MADE_BY[notebook]
    made_from = {
        "tier": tier,
        "seed": seed if tier == "mini" else None,
        "code": sorted(_made_by(assignment / name) for name in code),
        "files": {name: sha256_of(path) for name, path in sorted(files.items())},
    }
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def _made_by(path: Path) -> str:
    """Digest of a file that data is made by: of Python, as it computes."""
    if path.suffix != ".py":
        return sha256_of(path)
    return reach.digest(syntax.normalised(path.read_text("utf-8")).encode())


@contextmanager
def _new(folder: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `folder` when all went well."""
    part: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part.", dir=folder.parent))
        (part / "train").mkdir()
        (part / "held_out").mkdir()
        yield part
        _open_to_all(part)
        try:
            os.replace(part, folder)
        except OSError:
            if not folder.is_dir():  # else another process was quicker, with the same content
                raise
    except OSError as error:
        raise InfraFault(
            f"{folder.parent} cannot take the data of {folder.name.split('.')[0]} "
            f"({error.strerror or error}); make room there, or let it be written, and try again"
        ) from error
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)


def _prepare(
    maker: ModuleType, notebook: str, tier: str, part: Path, seed: int, files: dict[str, Path]
) -> None:
    train, held_out = part / "train", part / "held_out"
    try:
        if tier == "mini":
            maker.mini(notebook, train, held_out, seed)
        else:
            maker.full(notebook, next(iter(files.values())).parent, train, held_out)
    except OSError:
        raise  # the machine's
    except Exception as error:
        raise CourseFault(f"{notebook}: its prepare.py fails with {error!r}") from error


def _open_to_all(folder: Path) -> None:
    """Let every account read it: in a container, notebooks run under another one than ours."""
    for path in (folder, *folder.rglob("*")):
        wanted = path.stat().st_mode | (0o755 if path.is_dir() else 0o444)
        if path.stat().st_mode != wanted:
            path.chmod(wanted)
