"""Networks that are classes of the notebook's own are asked where they are, like any other."""

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from graders.checks import adversarial

SIZE = 7


class Generator:
    """As Keras' subclassed models: it does not say how large its codes are."""

    def predict(self, codes: Any, **_: Any) -> Any:
        assert codes.shape[1] == SIZE
        return np.zeros((len(codes), 32, 32, 3), np.float32)


class Discriminator:
    def predict(self, images: Any, **_: Any) -> Any:
        return images.mean(axis=(1, 2, 3))[:, None]


def test_a_generator_that_does_not_tell_its_code_size_is_judged_with_the_assignments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    main = ModuleType("__main__")
    vars(main).update(discriminator=Discriminator(), CODE_SIZE=SIZE)
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.setitem(sys.modules, "keras", ModuleType("keras"))  # the host has none
    space: dict[str, Any] = {}
    exec(adversarial.ASK_PAIR, space)

    images = np.full((12, 32, 32, 3), 200, np.uint8)
    found = space["ask"](Generator(), images)

    assert np.asarray(found).shape == (5, 12)
    assert np.asarray(found)[0] == pytest.approx(200 / 255 - 0.5)
