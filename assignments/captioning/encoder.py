"""The small CNN of the mini tier: from pictures of scenes to features of them, in numpy.

The notebook builds the same network from its `architecture`, as Keras reads it, and `encoder.npz`,
its weights (float16, in Keras' order: `w00`, `w01`, ...), which pretraining.py made.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
WEIGHTS = Path(__file__).parent / "encoder.npz"
SIDE = 48  # pixels of a picture
MAPS = (16, 24, 40, 56, 64)  # of the convolutions, 3 x 3 each, ReLU
POOLED = (1, 2, 4)  # those followed by max pooling
FEATURES = 96
CENTRE, UNIT = 127.0, 128.0  # pixels are prepared as (x - CENTRE) / UNIT, at both tiers
_BATCH = 100


def architecture(normalised: bool = False) -> str:
    """The network as JSON, for `keras.models.model_from_json`.

    Args:
        normalised: with batch normalisation before each ReLU, as it was trained.
    """
    layers = [_layer("InputLayer", "pixels", batch_shape=[None, SIDE, SIDE, 3], dtype="float32")]
    for k, maps in enumerate(MAPS, start=1):
        layers.append(
            _layer("Conv2D", f"conv{k}", filters=maps, kernel_size=[3, 3], padding="same",
                   use_bias=not normalised)
        )  # fmt: skip
        if normalised:
            layers.append(_layer("BatchNormalization", f"norm{k}", momentum=0.95))
        layers.append(_layer("ReLU", f"block{k}"))
        if k in POOLED:
            layers.append(_layer("MaxPooling2D", f"pool{k}", pool_size=[2, 2]))
    layers += [
        _layer("AveragePooling2D", "average", pool_size=[2, 2]),
        _layer("Flatten", "flat"),
        _layer("Dense", "dense", units=FEATURES, use_bias=not normalised),
    ]
    if normalised:
        layers.append(_layer("BatchNormalization", "norm", momentum=0.95))
    layers.append(_layer("ReLU", "features"))
    config = {"name": "encoder", "layers": layers}
    return json.dumps({"module": "keras", "class_name": "Sequential", "config": config}) + "\n"


def _layer(kind: str, name: str, **config: Any) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": kind, "config": {"name": name, **config}}


def weights(path: Path = WEIGHTS) -> list[Array]:
    """Kernels and biases by turns, as `encode` takes them, float32."""
    with np.load(path, allow_pickle=False) as file:
        return [file[name].astype(np.float32) for name in sorted(file.files)]


def encode(images: Array, given: list[Array]) -> Array:
    """Features of pictures.

    Args:
        images: [n, 48, 48, 3], 0..255.
        given: by `weights`.

    Returns:
        [n, 96] float32, none below 0.
    """
    parts = [
        _features(images[k : k + _BATCH], given) for k in range(0, max(1, len(images)), _BATCH)
    ]
    return np.concatenate(parts)


def _features(images: Array, given: list[Array]) -> Array:
    x = (images.astype(np.float32) - np.float32(CENTRE)) / np.float32(UNIT)
    for k in range(1, len(MAPS) + 1):
        x = _convolved(x, *given[2 * k - 2 : 2 * k])
        if k in POOLED:
            x = _blocks(x).max((2, 4))
    x = _blocks(x).mean((2, 4))
    kernel, bias = given[-2:]
    return np.asarray(np.maximum(x.reshape(len(x), -1) @ kernel + bias, 0))


def _convolved(x: Array, kernel: Array, bias: Array) -> Array:
    """A 3 x 3 convolution of maps [n, s, s, c] that keeps their size, and ReLU."""
    n, side, _, _ = x.shape
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.concatenate(
        [padded[:, i : i + side, j : j + side] for i in range(3) for j in range(3)], axis=-1
    )
    found = windows.reshape(n * side * side, -1) @ kernel.reshape(-1, kernel.shape[-1])
    return np.asarray(np.maximum(found + bias, 0).reshape(n, side, side, -1))


def _blocks(x: Array) -> Array:
    """Maps [n, s, s, c] as blocks of 2 x 2: [n, s/2, 2, s/2, 2, c]."""
    n, side, _, c = x.shape
    return x.reshape(n, side // 2, 2, side // 2, 2, c)
