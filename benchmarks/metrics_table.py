"""Each metric of images and samples three times: ours, an independent computation's, the known one.

    python -m benchmarks.metrics_table

The independent ones are textbook loops, or scipy's; see tests/unit/metrics_*.py, where the same
rows are asserted.
"""

import importlib.util
import sys
from collections.abc import Iterable

from tests.unit import metrics_samples

Row = tuple[str, float, float, float, str]
_OTHERS = ("tests.unit.metrics_images",)


def rows() -> Iterable[Row]:
    """All rows, those of samples first."""
    yield from metrics_samples.ROWS
    for name in _OTHERS:
        if importlib.util.find_spec(name) is not None:
            yield from importlib.import_module(name).ROWS


def main() -> int:
    """Print the table."""
    print(f"{'metric':44} {'ours':>12} {'independent':>12} {'known':>12}  from")
    for metric, ours, independent, known, source in rows():
        print(f"{metric:44} {ours:12.6g} {independent:12.6g} {known:12.6g}  {source}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
