"""The sandboxes that the contract is tried on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.core.sandbox import Sandbox
from graders.sandboxes.docker import DockerSandbox
from graders.sandboxes.local import LocalSandbox
from tests.engine import needs_engine
from tests.sandbox_lab import Lab


@pytest.fixture(scope="module", params=["local", pytest.param("docker", marks=needs_engine)])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Each sandbox in turn, with room for two jobs at a time."""
    made: LocalSandbox | DockerSandbox
    if request.param == "local":
        made = LocalSandbox(slots=2)
        made.warm_up(2)
    else:
        made = DockerSandbox(slots=2)
    yield made
    made.close()


@pytest.fixture
def lab(sandbox: Sandbox, tmp_path: Path) -> Lab:
    return Lab(sandbox, tmp_path)
