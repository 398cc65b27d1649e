"""Trains the small encoder of the mini tier of captioning, and stores it here.

    python -m assignments.captioning.pretraining

needs TensorFlow, takes some minutes, and writes the weights (float16) to `encoder.npz`. It learns
to tell what things there are, of which colour and how many, how they stand to each other and on
what ground; no sentence is seen. Everything is drawn from one seed; on another kind of processor
the weights come out a little different, which is why they are stored.
"""

import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from assignments.captioning import encoder, scenes
from assignments.captioning.scenes import Scene

SEED = 2026
SCENES, EPOCHS, BATCH = 16_000, 10, 64
_SHAPES = (*scenes.SHAPES, *scenes.HOLLOW)
NONE = "none"
HEADS = {
    "relation": scenes.RELATIONS, "ground": tuple(scenes.GROUNDS),
    "shape1": _SHAPES, "colour1": tuple(scenes.COLOURS), "amount1": scenes.AMOUNTS,
    "shape2": _SHAPES, "colour2": tuple(scenes.COLOURS), "amount2": scenes.AMOUNTS,
    "shape3": (*_SHAPES, NONE), "colour3": (*scenes.COLOURS, NONE),
}  # fmt: skip


def told(scene: Scene) -> list[int]:
    """What the heads are to say of a scene: an index into each of `HEADS`."""
    first, second, extra = scene.first, scene.second, scene.extra
    values = (
        scene.relation, scene.ground, first.shape, first.colour, first.amount,
        second.shape, second.colour, second.amount,
        extra.shape if extra else NONE, extra.colour if extra else NONE,
    )  # fmt: skip
    return [HEADS[head].index(value) for head, value in zip(HEADS, values, strict=True)]


def folded(learnt: Any) -> list[np.ndarray[Any, Any]]:
    """The weights of a network without normalisation that does the same."""
    found = []
    for k in [*range(1, len(encoder.MAPS) + 1), None]:
        layer, norm = ("dense", "norm") if k is None else (f"conv{k}", f"norm{k}")
        normalisation = learnt.get_layer(norm)
        gamma, beta, mean, variance = normalisation.get_weights()
        scale = gamma / np.sqrt(variance + normalisation.epsilon)
        found += [learnt.get_layer(layer).get_weights()[0] * scale, beta - mean * scale]
    return found


def main(path: Path) -> None:
    """Train it and write it to `path`."""
    import keras

    keras.utils.set_random_seed(SEED)
    rng = np.random.default_rng([SEED, 80])
    imagined = scenes.imagined(rng, SCENES)
    x = (scenes.draw(rng, imagined) - np.float32(encoder.CENTRE)) / np.float32(encoder.UNIT)
    labels = np.array([told(scene) for scene in imagined])
    heads = {name: labels[:, k] for k, name in enumerate(HEADS)}
    part = len(x) - 1000

    learnt = keras.models.model_from_json(encoder.architecture(normalised=True))
    dropped = keras.layers.Dropout(0.1)(learnt.outputs[0])
    out = {
        name: keras.layers.Dense(len(values), activation="softmax", name=name)(dropped)
        for name, values in HEADS.items()
    }
    model = keras.Model(learnt.inputs, out)
    rate = keras.optimizers.schedules.CosineDecay(0.002, EPOCHS * (part // BATCH))
    model.compile(
        keras.optimizers.Adam(rate),
        loss=dict.fromkeys(HEADS, "sparse_categorical_crossentropy"),
        metrics=dict.fromkeys(HEADS, "accuracy"),
    )
    model.fit(x[:part], {k: v[:part] for k, v in heads.items()}, epochs=EPOCHS, batch_size=BATCH,
              verbose=2)  # fmt: skip
    for name, value in model.evaluate(
        x[part:], {k: v[part:] for k, v in heads.items()}, verbose=0, return_dict=True
    ).items():
        print(f"{name}: {value:.4f}")

    stored = keras.models.model_from_json(encoder.architecture())
    halves = [w.astype(np.float16) for w in folded(learnt)]
    stored.set_weights(halves)
    with path.open("wb") as file:
        np.savez_compressed(file, **{f"w{k:02d}": w for k, w in enumerate(halves)})
    _compare(stored, learnt, x[part:])


def _compare(stored: Any, learnt: Any, x: np.ndarray[Any, Any]) -> None:
    """Print how far the stored network and its twin in numpy are from what was learnt."""
    pixels = x * encoder.UNIT + encoder.CENTRE
    by_numpy = encoder.encode(pixels, list(stored.get_weights()))
    for a, b in pairwise([learnt.predict(x, verbose=0), stored.predict(x, verbose=0), by_numpy]):
        print("largest difference:", float(np.abs(a - b).max()), "of", float(np.abs(b).max()))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else encoder.WEIGHTS)
