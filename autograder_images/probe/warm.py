"""What is imported before there is a job, so that forks find it in memory."""

import contextlib
import gc
import importlib
import io

# Whatever a notebook of the course is likely to import; absent ones are nobody's fault.
_WARM = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "IPython.display",
    "IPython.core.magics", "IPython.core.completer", "numpy", "numpy.lib.format", "scipy.special",
    "matplotlib.pyplot", "matplotlib.backends.backend_agg", "PIL.PngImagePlugin",
    "matplotlib_inline.backend_inline", "stack_data", "executing", "asttokens", "pexpect",
    "pygments.lexers.python", "pygments.formatters.terminal256", "pygments.styles.default",
    "IPython.core.pylabtools", "IPython.core.ultratb", "multiprocessing.pool",
)  # fmt: skip


def for_kernels() -> None:
    """Import what notebooks and the kernel itself need."""
    import kernel_side

    # Between them a second of imports, for a debugger and for checking Unicode addresses.
    with kernel_side.without("rfc3987_syntax", "debugpy"):
        for name in _WARM:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        kernel_side.asking_kernel()
        with contextlib.suppress(ImportError):
            _draw_once()


def for_driver() -> None:
    """Import what the driver needs."""
    import kernel_side

    with kernel_side.without("rfc3987_syntax", "debugpy"):
        importlib.import_module("run_notebook")


def keep() -> None:
    """No collection will look at what is imported by now: in the forks it would copy every page."""
    gc.collect()
    gc.freeze()


def _draw_once() -> None:
    """Draw one figure that nobody sees: the first in a process finds and opens the fonts.

    It knows nothing of pyplot, so the kernels start without a figure, as they should.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot([1, 2, 3], [1e-3, 1, 10], label="$w_0^2$")
    axes.scatter([1, 2], [1, 2], c=[0, 1])
    axes.set_yscale("log")
    axes.set_title("title", weight="bold")
    axes.legend()
    figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")
