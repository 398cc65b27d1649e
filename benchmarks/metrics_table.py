"""Each metric three times: ours, an independent computation's, the known one.

    python -m benchmarks.metrics_table

The independent ones are textbook loops, or scipy's; see tests/unit/metrics_*.py, where the same
rows are asserted.
"""

import sys
from collections.abc import Iterator

from tests.unit import metrics_captions, metrics_images, metrics_samples, metrics_sequences

Row = tuple[str, float, float, float, str]


def rows() -> Iterator[Row]:
    """All rows, those of samples first."""
    for of in (metrics_samples, metrics_images, metrics_captions, metrics_sequences):
        yield from of.ROWS


def main() -> int:
    """Print the table."""
    print(f"{'metric':44} {'ours':>12} {'independent':>12} {'known':>12}  from")
    for metric, ours, independent, known, source in rows():
        print(f"{metric:44} {ours:12.6g} {independent:12.6g} {known:12.6g}  {source}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
