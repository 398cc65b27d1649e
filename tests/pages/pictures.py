"""Pictures for the documentation: a student's report and the class page of the whole demo.

After `make demo-all`: `python -m tests.pages.pictures`. Writes reports/example.png and
reports/class.png, each smaller than 300 kB.
"""

import sys
import tempfile
from pathlib import Path

from tests.pages.browser import Browser, chromium

ROOT = Path(__file__).parents[2]
STUDENT = "wrong-whole-data-in-all-three"  # loses some points, and has curves to show
LARGEST = 300_000
# What has all points is left out of the picture, and so are the cells: they would fill it.
SHORTER = """document.querySelectorAll('li.check:not(.part)').forEach((e) => e.remove());
document.querySelector('[aria-labelledby=h-cells]').remove();
document.querySelector('footer').remove();
Math.ceil(document.querySelector('.curves figure').getBoundingClientRect().bottom) + 6"""
WHOLE = "Math.min(1500, document.documentElement.scrollHeight)"


def main(graded: Path = ROOT / "demo-all" / "graded" / "linear_models") -> int:
    """Take both pictures; 1 and a sentence where something is missing."""
    program = chromium()
    if program is None:
        print("No chromium is installed: apt-get install chromium", file=sys.stderr)
        return 1
    pages = {
        "example.png": (graded / STUDENT / "report.html", 980, SHORTER),
        "class.png": (graded / "index.html", 1280, WHOLE),
    }
    for page, _, _ in pages.values():
        if not page.is_file():
            print(f"{page} is missing: make demo-all writes it", file=sys.stderr)
            return 1
    with tempfile.TemporaryDirectory() as profile, Browser(program, Path(profile)) as browser:
        for name, (page, width, height) in pages.items():
            tab = browser.tab(width)
            tab.open(page.resolve().as_uri())
            tab.resize(width, tab.evaluate(height))
            tab.screenshot(ROOT / "reports" / name)
            size = (ROOT / "reports" / name).stat().st_size
            print(f"reports/{name}: {size / 1000:.0f} kB")
            if size > LARGEST:
                print(f"reports/{name} is larger than {LARGEST} bytes", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*(Path(p) for p in sys.argv[1:2])))
