"""EfficientNet-Lite0 as Keras reads it: the encoder of the full tier (Tan and Le, ICML 2019).

Layers come in the order of their weights in the file of data.toml: by block expansion, depthwise
convolution and projection, each with a batch normalisation. `features` is what captions are made
from: maps averaged over the picture [n, 1280]; behind it are the classes of ImageNet, which the
file has weights of, too.
"""

import json
from typing import Any

SIDE, FEATURES, CLASSES = 224, 1280, 1000
# Repeats, kernel, stride of the first, expansion, maps: Lite0 has no squeeze and excitation.
STAGES = (
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
)  # fmt: skip


class _Network:
    """Layers in order, each with what it takes."""

    def __init__(self) -> None:
        self.layers: list[dict[str, Any]] = []
        self.shape: list[int] = [SIDE, SIDE, 3]
        self.last = "pixels"
        self._append("InputLayer", "pixels", [], batch_shape=[None, *self.shape], dtype="float32")

    def _append(self, kind: str, name: str, takes: list[Any], **config: Any) -> None:
        nodes = [{"args": takes, "kwargs": {}}] if takes else []
        self.layers.append({
            "module": "keras.layers", "class_name": kind, "registered_name": None, "name": name,
            "config": {"name": name, **config}, "inbound_nodes": nodes,
        })  # fmt: skip
        self.last = name

    def _tensor(self, name: str) -> dict[str, Any]:
        config = {"shape": [None, *self.shape], "dtype": "float32", "keras_history": [name, 0, 0]}
        return {"class_name": "__keras_tensor__", "config": config}

    def add(self, kind: str, name: str, shape: list[int] | None = None, **config: Any) -> None:
        """A layer on the last one, with maps of another shape than before if need be."""
        self._append(kind, name, [self._tensor(self.last)], **config)
        self.shape = shape or self.shape

    def join(self, name: str, other: str) -> None:
        """The sum of the last layer and another."""
        self._append("Add", name, [[self._tensor(other), self._tensor(self.last)]])

    def convolved(self, name: str, maps: int, kernel: int, stride: int = 1) -> None:
        """A convolution to so many maps, or with `maps` 0 one of each map by itself."""
        side = -(-self.shape[0] // stride)
        config = {"kernel_size": [kernel] * 2, "strides": [stride] * 2, "padding": "same",
                  "use_bias": False}  # fmt: skip
        if maps == 0:
            self.add("DepthwiseConv2D", name, [side, side, self.shape[2]], **config)
        else:
            self.add("Conv2D", name, [side, side, maps], filters=maps, **config)
        self.add("BatchNormalization", f"{name}_norm", epsilon=1e-3)

    def limited(self, name: str) -> None:
        """ReLU6."""
        self.add("ReLU", name, max_value=6.0)


def architecture() -> str:
    """The network as JSON, for `keras.models.model_from_json`; [n, 224, 224, 3] to [n, 1000]."""
    net = _Network()
    net.convolved("stem", 32, 3, 2)
    net.limited("stem_relu")
    for s, (repeats, kernel, stride, expansion, maps) in enumerate(STAGES, start=1):
        for r in range(repeats):
            block, before = f"block{s}{'abcd'[r]}", net.last
            keeps = r > 0 and net.shape[2] == maps
            if expansion > 1:
                net.convolved(f"{block}_expand", expansion * net.shape[2], 1)
                net.limited(f"{block}_expand_relu")
            net.convolved(f"{block}_depthwise", 0, kernel, stride if r == 0 else 1)
            net.limited(f"{block}_depthwise_relu")
            net.convolved(f"{block}_project", maps, 1)
            if keeps:
                net.join(f"{block}_add", before)
    net.convolved("head", FEATURES, 1)
    net.limited("head_relu")
    net.add("GlobalAveragePooling2D", "features", [FEATURES])
    net.add("Dense", "classes", [CLASSES], units=CLASSES, activation="softmax")
    config = {
        "name": "efficientnet_lite0", "layers": net.layers,
        "input_layers": [["pixels", 0, 0]], "output_layers": [["classes", 0, 0]],
    }  # fmt: skip
    # Keras gives a functional model no public name: this is the one that it writes itself.
    whole = {"module": "keras.src.models.functional", "class_name": "Functional", "config": config}
    return json.dumps(whole) + "\n"
