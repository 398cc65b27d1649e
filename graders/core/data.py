"""The data that notebooks read as `$COURSE_DATA`: here, the mini tier that code makes."""

import os
import shutil
import tempfile
from pathlib import Path

from graders.core import catalogue
from graders.core.catalogue import Course
from graders.core.errors import CourseFault


def mini_data(course: Course, cache: Path) -> Path:
    """The folder of the notebook's mini data, made on first use.

    Args:
        course: whose `assignments/<assignment>/mini_data.py` makes it.
        cache: folder to keep it in.

    Raises:
        CourseFault: the assignment cannot make it.
    """
    folder = cache / "data" / f"{course.name}.mini"
    if folder.is_dir():
        _open_to_all(folder)
        return folder.resolve()
    maker = catalogue.load(course.source.parent / "mini_data.py")
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        maker.make(part)
        _open_to_all(part)
        os.replace(part, folder)
    except OSError:
        if not folder.is_dir():  # else another process was quicker, with the same content
            raise
    except Exception as error:
        raise CourseFault(f"{course.name}: mini_data.py fails with {error!r}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder.resolve()


def _open_to_all(folder: Path) -> None:
    """Let every account read it: in a container, notebooks run under another one than ours."""
    for path in (folder, *folder.rglob("*")):
        wanted = path.stat().st_mode | (0o755 if path.is_dir() else 0o444)
        if path.stat().st_mode != wanted:
            path.chmod(wanted)
