"""Everything that is said in a unit test must be true: its sentence follows from its own facts."""

from collections.abc import Iterator

import pytest

from graders.core.saying import Said, follows, tell
from tests.told import everything


@pytest.fixture(autouse=True)
def every_sentence_follows_from_its_numbers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Judges are asked thousands of times in these tests: what they say is checked each time."""
    wrong: list[str] = []

    def look(what: Said) -> None:
        table = everything()
        if what.code not in table:  # a toy's
            return
        try:
            if not follows(table, what):
                wrong.append(f"{tell(table, what)!r} does not follow from {dict(what.facts)}")
        except Exception as error:
            wrong.append(f"{what} cannot be told: {error!r}")

    monkeypatch.setattr(Said, "__post_init__", look)
    yield
    assert not wrong, "\n".join(wrong)
