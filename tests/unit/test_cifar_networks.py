"""What a look at a Keras network counts, on stand-ins for Keras' layers: Keras is elsewhere."""

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from graders.checks import networks


class Layer:
    """As Keras' own: knows the layers inside of it, and tells each once."""

    def __init__(self, *inside: "Layer") -> None:
        self.inside = inside

    def _flatten_layers(self, include_self: bool = True) -> Iterator["Layer"]:
        found = {id(self): self} if include_self else {}
        for layer in self.inside:
            found |= {id(one): one for one in layer._flatten_layers()}
        return iter(found.values())


class Conv2D(Layer):
    kernel_size = (3, 3)


for _kind in (Layer, Conv2D):
    _kind.__module__ = "keras.src.layers"


class Leaky(Conv2D):
    """Derived from Keras' convolution, under another name."""


class ByHandConv(Layer):
    kernel_size = 3


class ConvBlock(Layer):
    kernel_size = 3


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Layer], int]:
    """How many convolutions of a model are counted."""
    monkeypatch.setitem(sys.modules, "tensorflow", ModuleType("tensorflow"))
    scope: dict[str, Any] = {}
    exec(networks._LOOK, scope)
    return lambda model: sum(map(scope["convolves"], scope["within"](model)))


SHARED = Conv2D()


@pytest.mark.parametrize(
    ("model", "due"),
    [
        (Layer(Conv2D(), Conv2D(), Layer()), 2),
        (Layer(Layer(Conv2D(), Conv2D()), Layer(Layer(Conv2D()))), 3),
        (Layer(Leaky(), Leaky()), 2),
        (Layer(ByHandConv(), ByHandConv()), 2),
        (Layer(SHARED, Layer(SHARED)), 1),
        (Layer(ConvBlock(Conv2D(), Conv2D())), 2),
    ],
    ids=["plain", "held by layers", "derived", "by hand", "used twice", "a holder named so"],
)
def test_convolutions_count_wherever_they_are_and_each_once(
    counted: Callable[[Layer], int], model: Layer, due: int
) -> None:
    assert counted(model) == due
