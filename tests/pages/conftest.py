"""A browser, axe-core where it is installed, and a place for what the browser saw."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages.browser import Browser, Tab, chromium

ROOT = Path(__file__).parents[2]
INSTALLED = ROOT / ".cache" / "axe" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium, one for all tests."""
    program = chromium()
    if program is None:
        pytest.skip("no chromium is installed (Debian: apt-get install chromium)")
    with Browser(program, tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """A tab of its own for the test, offline."""
    opened = browser.tab()
    opened.without_network()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which is not ours to ship (MPL-2.0)."""
    path = Path(os.environ.get("DLGRADE_AXE") or INSTALLED)
    if not path.is_file():
        pytest.skip("axe-core is not installed: sh scripts/axe.sh, or name it in DLGRADE_AXE")
    return path.read_text("utf-8")


@pytest.fixture(scope="session")
def artefacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures and measurements are kept: $DLGRADE_ARTEFACTS, else a temporary folder."""
    named = os.environ.get("DLGRADE_ARTEFACTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("artefacts")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
