"""Which tests run: those of a commit, or a part of the night (tests/nightly)."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--part", help="run the tests of this nightly part, and no others")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "nightly(part): too long for every commit; `make nightly PART=part` runs it"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    part = config.getoption("--part")
    if part is None and not any(_parts(item) for item in items):
        return  # a few files: nothing to choose from
    wanted = frozenset({part}) if part else _of_a_commit(config)
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        mine = _parts(item)
        chosen = bool(mine & wanted) or (part is None and not mine)
        (kept if chosen else left).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


def _parts(item: pytest.Item) -> frozenset[str]:
    mark = item.get_closest_marker("nightly")  # a test's own before its file's
    return frozenset(mark.args if mark else ())


def _of_a_commit(config: pytest.Config) -> frozenset[str]:
    """The one class of a notebook that trains which every commit tries."""
    from tests.nightly.__main__ import due

    return frozenset({due()})
