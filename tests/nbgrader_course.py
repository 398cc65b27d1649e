"""A course as nbgrader knows it: an exchange, the instructor's folder, students' folders.

Each person is a process of the real nbgrader with a home, a working folder and a configuration of
their own. Accounts cannot be made in a test, so the configuration says whose folder it is.
"""

import contextlib
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "formgrader-of-the-test"

# The block of graders/bridges/README.md; a test compares the two.
BLOCK = """\
c.Autograde.exporter_class = "graders.bridges.nbgrader.plugins.Unread"
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [
    "graders.bridges.nbgrader.plugins.Sandboxed",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.GenerateFeedback.preprocessors = [
    "graders.bridges.nbgrader.plugins.FitForStudents",
    "nbgrader.preprocessors.GetGrades",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.ExportApp.plugin_class = "graders.bridges.nbgrader.plugins.GradesCsv"
"""

_SERVE = """
import json, logging, os, sys
replies = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
sys.modules["rfc3987_syntax"] = None  # as graders/bridges/nbgrader/gradebook.py
from jupyter_core.application import NoStart
from nbgrader.apps import NbGraderApp
for line in sys.stdin:
    code = 0
    app = NbGraderApp.instance()
    try:
        app.initialize(json.loads(line))
        app.start()
    except NoStart:  # how an application says that a subcommand has done the work
        pass
    except SystemExit as left:
        code = left.code or 0
    except Exception as error:
        print(type(error).__name__, error, file=sys.stderr)
        code = 1
    finally:
        app.reset()
    sys.stdout.flush(); sys.stderr.flush()
    print(code, file=replies, flush=True)
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    """A person's own: nothing of this account's settings of Jupyter is seen."""
    programs = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    # matplotlib's list of fonts takes seconds to make, for each home anew.
    fonts = Path.home() / ".cache" / "matplotlib"
    if fonts.is_dir() and not (home / ".cache").exists():
        (home / ".cache").mkdir(parents=True)
        (home / ".cache" / "matplotlib").symlink_to(fonts)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")}
    # Another version of nbgrader is tried by naming its folder in PYTHONPATH.
    paths = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(ROOT))))
    return {
        **kept, "PATH": programs, "HOME": str(home), "PYTHONPATH": paths,
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"), "JUPYTER_DATA_DIR": str(home / ".data"),
        "JUPYTER_RUNTIME_DIR": str(home / ".runtime"), "IPYTHONDIR": str(home / ".ipython"),
        "PYTHONWARNINGS": "ignore", **more,
    }  # fmt: skip


class Person:
    """Somebody who types nbgrader commands.

    Args:
        folder: home and working folder, made here.
        exchange: the course's exchange.
        config: further lines of `nbgrader_config.py`.
        environ: further variables, such as a time zone.
    """

    def __init__(self, folder: Path, exchange: Path, config: str = "", **environ: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        (folder / "nbgrader_config.py").write_text(
            "c = get_config()\nc.CourseDirectory.course_id = 'dl'\n"
            f"c.Exchange.root = {str(exchange)!r}\n{config}",
            encoding="utf-8",
        )
        self._path = folder / "nbgrader.log"
        self._log = open(self._path, "w", encoding="utf-8")  # noqa: SIM115
        self._seen = 0
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _SERVE], cwd=folder, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
            env=environment(folder, **environ),
        )  # fmt: skip

    def start(self, *words: str) -> None:
        """Type a command; `finish` waits for it."""
        assert self._process.stdin is not None
        self._seen = self._path.stat().st_size
        self._process.stdin.write(json.dumps(words) + "\n")

    def finish(self, code: int = 0) -> str:
        """What the command said. Fails where it ends otherwise than expected."""
        assert self._process.stdout is not None
        answer = self._process.stdout.readline().strip()
        said = self._path.read_bytes()[self._seen :].decode("utf-8", errors="replace")
        assert answer == str(code), said
        return said

    def types(self, *words: str, code: int = 0) -> str:
        """Type a command and wait for it."""
        self.start(*words)
        return self.finish(code)

    def close(self) -> None:
        """Leave."""
        self._process.communicate(timeout=30)
        self._log.close()

    def __enter__(self) -> "Person":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Formgrader:
    """A Jupyter server with nbgrader's Formgrader in it, spoken to over HTTP.

    Args:
        course: the instructor's folder, with its `nbgrader_config.py`.
    """

    def __init__(self, course: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        home = course.parent / "formgrader-home"
        home.mkdir(exist_ok=True)
        self._log = open(home / "server.log", "w+", encoding="utf-8")  # noqa: SIM115
        extensions = {"nbgrader.server_extensions.formgrader": True}
        off = ("jupyterlab", "notebook", "notebook_shim", "jupyter_lsp", "nbgrader",
               "jupyter_server_terminals")  # fmt: skip
        self._process = subprocess.Popen(
            [
                sys.executable, "-W", "ignore", "-m", "jupyter_server", "--no-browser",
                "--allow-root", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
                f"--ServerApp.root_dir={course}", f"--IdentityProvider.token={TOKEN}",
                f"--ServerApp.jpserver_extensions={extensions | dict.fromkeys(off, False)}",
            ],
            cwd=course, stdout=self._log, stderr=subprocess.STDOUT,
            env=environment(home),
        )  # fmt: skip

    def wait(self, seconds: float = 60) -> None:
        """Until it answers."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError):
                self.get("api/status")
                return
            time.sleep(0.1)
        raise AssertionError(self.log())

    def log(self) -> str:
        """What the server has said so far."""
        return Path(self._log.name).read_text("utf-8")

    def page(self, path: str) -> str:
        """The text of one of Formgrader's pages. Fails unless it is answered with 200."""
        return self._ask("GET", path)

    def get(self, path: str) -> Any:
        """What its API answers."""
        return json.loads(self._ask("GET", path))

    def put(self, path: str, **content: Any) -> Any:
        """Change something, as its page does."""
        return json.loads(self._ask("PUT", path, content))

    def press(self, path: str) -> Any:
        """One of its buttons; fails unless it says that it was successful."""
        answer = json.loads(self._ask("POST", path, {}))
        assert answer["success"], answer.get("log", "") + answer.get("error", "")
        return answer

    def _ask(self, method: str, path: str, content: Any = None) -> str:
        request = urllib.request.Request(
            f"{self.address}/formgrader/{path}", method=method,
            data=None if content is None else json.dumps(content).encode(),
            headers={"Authorization": f"token {TOKEN}", "Content-Type": "application/json"},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return str(answer.read().decode("utf-8"))
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{path}: {error}\n{self.log()[-4000:]}") from None

    def close(self) -> None:
        """End the server."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def __enter__(self) -> "Formgrader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


Row = dict[str, Any]  # auto_score, manual_score, extra_credit, needs_manual_grade, comment


def grades(course: Path, student: str) -> dict[str, Row]:
    """grade_id → what the gradebook says, read while others may be using it."""
    base = """SELECT b.name, {columns} FROM {table} t
        JOIN base_cell b ON b.id = t.cell_id
        JOIN submitted_notebook n ON n.id = t.notebook_id
        JOIN submitted_assignment a ON a.id = n.assignment_id WHERE a.student_id = ?"""
    found: dict[str, Row] = {}
    for table, names in (
        ("grade", ("auto_score", "manual_score", "extra_credit", "needs_manual_grade")),
        ("comment", ("auto_comment", "manual_comment")),
    ):
        columns = ", ".join(f"t.{name}" for name in names)
        for name, *values in rows(course, base.format(columns=columns, table=table), student):
            found.setdefault(name, {}).update(zip(names, values, strict=True))
    return found


def rows(course: Path, query: str, *values: str) -> list[Any]:
    """Rows of the gradebook."""
    with contextlib.closing(sqlite3.connect(course / "gradebook.db", timeout=30)) as db:
        return db.execute(query, values).fetchall()
