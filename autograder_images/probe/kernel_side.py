"""The student's kernel: an ordinary IPython kernel that also answers questions.

`ask_request` is one more message type, taken by our own kernel class, so that no line of ours
stands in the user namespace, in the history or on the disk, and IPython's hooks and transformers,
which a notebook may replace, do not see it. The inputs arrive with the message, after the last
student cell. Each case is published as `ask_answer` the moment it is known; `ask_reply` ends it.

Nothing here is a secret or a verdict: a notebook that rewires this process only changes its own
answers, which the host compares with what it alone knows.

    python kernel_side.py CONNECTION_FILE      (the kernel of a cold run)
"""

import contextlib
import copy
import inspect
import os
import signal
import sys
import tempfile
import time
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import streams
import values

_OURS = (
    "asks", "cells", "confine", "contained", "evidence", "kernel_side", "kernels", "link",
    "pressure", "remote", "run_notebook", "seccomp", "serve", "streams", "values", "warm", "watch",
    "zygote",
)  # fmt: skip
_ABSENT = object()
_compile = compile
_exec = exec
_Function = types.FunctionType
_ndarray = np.ndarray
_clock = time.perf_counter
_TOP_LEVEL_AWAIT = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_INTERRUPTS = 2  # after so many cases ran into the clock, the rest of a question is passed over
_COPIED = 64 * 2**20  # bytes: larger arrays of the user are shared with a rerun, not copied


Case = list[tuple[str, Any]]  # argument name and value; text is source that defines a function


class Nowhere:
    """A text stream that forgets."""

    encoding = "utf-8"
    errors = "replace"

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        return None

    def isatty(self) -> bool:
        return False


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """No printing and no drawing while we ask: it would cost time and nobody sees it."""
    out, err = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = Nowhere()
    pyplot = sys.modules.get("matplotlib.pyplot")
    kept = {name: getattr(pyplot, name, None) for name in ("show", "draw", "pause")}
    if pyplot is not None:
        for name in kept:
            setattr(pyplot, name, do_nothing)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err
        if pyplot is not None:
            for name, function in kept.items():
                setattr(pyplot, name, function)
            with contextlib.suppress(Exception):
                pyplot.close("all")


def do_nothing(*_args: Any, **_kwargs: Any) -> None:
    """Stands in for a helper that only draws."""


def first_present(names: list[str], namespace: dict[str, Any], default: Any = _ABSENT) -> Any:
    """The first of `names` that the namespace has."""
    return next((namespace[name] for name in names if name in namespace), default)


def call(function: Callable[..., Any], case: Case, answer: dict[str, Any],
         buffers: list[bytes]) -> None:  # fmt: skip
    """Call `function` on copies of one case's inputs; note what it returned and altered."""
    given = case
    lent = [kept.copy() if type(kept) is _ndarray else kept for _, kept in given]
    returned = function(*lent)
    answer["changed"] = [
        name
        for (name, kept), value in zip(given, lent, strict=True)
        if type(kept) is _ndarray and values.npy(value) != values.npy(kept)
    ]
    answer["items"] = values.items(returned, buffers)
    answer["status"] = "ok" if any("unusable" not in i for i in answer["items"]) else "unusable"


def by_way_of(source: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """What puts a case to `function`: the `ask` of some source of ours, which gets it first."""
    scope: dict[str, Any] = {"__builtins__": __builtins__, "__name__": "asking"}
    _exec(_compile(source, "<asking>", "exec"), scope)
    return lambda *case: scope["ask"](function, *case)


def replacements(name: str, value: Any) -> dict[str, Any]:
    """What a case puts under `name`: text is Python source, and all that it defines counts."""
    if not isinstance(value, str):
        return {name: value}
    scope: dict[str, Any] = {"__builtins__": __builtins__}
    _exec(_compile(value, "<injected>", "exec"), scope)
    return {key: found for key, found in scope.items() if not key.startswith("__")}


@contextlib.contextmanager
def standing_in(
    namespace: dict[str, Any],
    case: Case,
    *,
    without: Iterable[str] = (),
    silenced: Iterable[str] = (),
) -> Iterator[None]:
    """A case's values and functions under their names in the user's namespace, for a while.

    It is the namespace itself and no copy: methods, decorated functions, functions in a dict and
    magics look their names up in it, and would find the old values beside a copy. Afterwards
    every name stands for what it stood for, and its arrays, lists, dicts and attributes of
    functions hold what they held.

    Args:
        without: names that are not there meanwhile, so that what is found was left inside.
        silenced: names of functions that do nothing meanwhile.
    """
    before = dict(namespace)
    attributes = [
        (value, dict(value.__dict__))
        for value in before.values()
        if type(value) is _Function and value.__dict__
    ]
    try:
        namespace.update(copies(before))
        for name in without:
            namespace.pop(name, None)
        namespace.update(dict.fromkeys(silenced, do_nothing))
        for name, kept in case:
            namespace.update(replacements(name, kept))
        yield
    finally:
        namespace.update(before)
        for name in [name for name in namespace if name not in before]:
            del namespace[name]
        for function, held in attributes:
            function.__dict__.clear()
            function.__dict__.update(held)


def copies(namespace: dict[str, Any]) -> dict[str, Any]:
    """Copies of what can be altered in place: arrays, lists and dicts of the user's own."""
    mine: dict[str, Any] = {}
    for name, value in namespace.items():
        if type(value) is np.ndarray and value.nbytes <= _COPIED:
            mine[name] = value.copy()
        elif type(value) in (list, dict) and not name.startswith("_") and name not in ("In", "Out"):
            mine[name] = copy.copy(value)
    return mine


async def rerun(shell: Any, ask: dict[str, Any], case: Case,
                answer: dict[str, Any], buffers: list[bytes]) -> None:  # fmt: skip
    """Execute a cell's own source with some names replaced; note what it leaves."""
    namespace = shell.user_ns
    left = [name for alternatives in ask["gives"] for name in alternatives]
    with standing_in(namespace, case, without=left, silenced=ask["silence"]):
        source = shell.transform_cell(ask["source"])
        code = _compile(source, "<cell>", "exec", _TOP_LEVEL_AWAIT, True)
        if code.co_flags & inspect.CO_COROUTINE:
            await eval(code, namespace)
        else:
            _exec(code, namespace)
        answer["items"] = []
        for alternatives in ask["gives"]:
            value = first_present(alternatives, namespace)
            if value is _ABSENT:
                answer["items"].append({"unusable": f"the cell left no {alternatives[0]!r}"})
            else:
                answer["items"].append(values.item(value, buffers))
    answer["status"] = "ok" if any("unusable" not in i for i in answer["items"]) else "unusable"


async def one_case(shell: Any, ask: dict[str, Any], k: int, case: Case,
                   buffers: list[bytes]) -> dict[str, Any]:  # fmt: skip
    """Put one case of a question. Whatever student code does in it becomes part of the answer."""
    answer: dict[str, Any] = {"case": k, "status": "missing", "items": [], "changed": []}
    began = _clock()
    try:
        namespace = shell.user_ns
        with silence():
            if ask["kind"] == "rerun":
                await rerun(shell, ask, case, answer, buffers)
            elif ask["kind"] == "variable":
                value = first_present(ask["target"], namespace)
                if value is _ABSENT:
                    answer["detail"] = f"there is no variable {ask['target'][0]!r}"
                else:
                    answer["items"] = values.items(value, buffers)
                    usable = any("unusable" not in i for i in answer["items"])
                    answer["status"] = "ok" if usable else "unusable"
            else:
                found = [namespace[name] for name in ask["target"] if callable(namespace.get(name))]
                if found and ask.get("via"):
                    call(by_way_of(ask["via"], found[0]), case, answer, buffers)
                elif found:
                    made_up = [(name, kept) for name, kept in case if isinstance(kept, str)]
                    arguments = [(name, kept) for name, kept in case if not isinstance(kept, str)]
                    with standing_in(namespace, made_up) if made_up else contextlib.nullcontext():
                        call(found[0], arguments, answer, buffers)
                else:
                    answer["detail"] = f"there is no function {ask['target'][0]!r}"
    except KeyboardInterrupt:
        answer.update(status="time limit", items=[])
    except BaseException as error:
        answer.update(status="raised", items=[], detail=values.said(error))
    if not answer["items"]:
        buffers.clear()
    if answer["status"] == "unusable":
        answer["detail"] = answer["items"][0]["unusable"]
    answer["seconds"] = _clock() - began
    return answer


def described(names: list[str], namespace: dict[str, Any]) -> dict[str, str | None]:
    """What became of the watched names: `function`, a type's name, or None for nothing."""
    found: dict[str, str | None] = {}
    for name in names:
        value = namespace.get(name, _ABSENT)
        found[name] = None if value is _ABSENT else type(value).__name__
    return found


def asking_kernel() -> type:
    """IPython's kernel class with one more message type."""
    with without("debugpy"):  # a third of a second a kernel, and nobody debugs here
        import ipykernel.debugger  # noqa: F401
    from ipykernel.ipkernel import IPythonKernel

    class AskingKernel(IPythonKernel):  # type: ignore[misc]
        msg_types = [*IPythonKernel.msg_types, "ask_request"]  # noqa: RUF012  traitlets' own way

        async def ask_request(self, stream: Any, ident: Any, parent: Any) -> None:
            """Answer one question case by case; see the module."""
            content = parent["content"]
            ask, arrays = content["ask"], content["arrays"]
            data = [bytes(buffer) for buffer in parent["buffers"]]
            stopped = 0
            for k, case in enumerate(ask["cases"]):
                if stopped >= _INTERRUPTS:
                    break
                buffers: list[bytes] = []
                inputs = [(name, values.fresh(data[arrays[key]])) for name, key in case]
                answer = await one_case(self.shell, ask, k, inputs, buffers)
                stopped += answer["status"] == "time limit"
                send(self.session, self.iopub_socket, "ask_answer", answer, parent, buffers=buffers)
            names = described(content["watch"], self.shell.user_ns)
            send(self.session, stream, "ask_reply", {"status": "ok", "names": names}, parent, ident)

    from jupyter_client.session import Session

    send = Session.send  # the one of now, not what a notebook may put in its place
    return AskingKernel


@contextlib.contextmanager
def without(*names: str) -> Iterator[None]:
    """Imports of the named modules fail inside: their importers can do without them."""
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


def hook_up_pyplot(shell: Any) -> None:
    """Do what importing pyplot does in a notebook: ours was imported before IPython began."""
    from IPython.core.pylabtools import activate_matplotlib
    from matplotlib_inline.backend_inline import configure_inline_support

    backend = os.environ["MPLBACKEND"]
    activate_matplotlib(backend)
    configure_inline_support(shell, backend)  # type: ignore[no-untyped-call]
    sys.modules["matplotlib.pyplot"].install_repl_displayhook()


def run(connection_file: str, parent: int = 0) -> None:
    """Be a kernel until killed.

    Args:
        connection_file: of the Jupyter protocol; says where to listen.
        parent: process id to end with where the system does not see to it (0: it does).
    """
    kernel_class = asking_kernel()
    from ipykernel.kernelapp import IPKernelApp

    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder or ".") != here]
    for name in _OURS:
        sys.modules.pop(name, None)  # a student's own module of that name must be found
    sys.argv[:] = ["ipykernel_launcher.py", "-f", connection_file]
    np.random.seed()  # a fork inherits the stream of its parent
    tempfile.tempdir = None
    streams.complete()
    app = IPKernelApp.instance()
    app.kernel_class = kernel_class
    if parent:
        app.parent_handle = parent
    app.initialize(["-f", connection_file, "--HistoryManager.enabled=False", "--log-level=50"])
    # `quit()` would end the kernel a moment later, in the middle of some other cell.
    app.shell.ask_exit = do_nothing
    if "matplotlib.pyplot" in sys.modules:
        hook_up_pyplot(app.shell)
    app.start()


if __name__ == "__main__":
    if os.name == "posix":
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run(sys.argv[1])
