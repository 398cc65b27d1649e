"""Trains the small backbone that the mini tier of the flowers starts from, and stores it here.

    python -m assignments.convnets.pretraining

needs TensorFlow, takes some minutes, and writes `backbone.json` (architecture) and `backbone.npz`
(weights, float16). It learns to tell species apart that are none of the task's: see
`blossoms.foreign_species`. Everything is drawn from one seed; on another kind of processor the
weights come out a little different, which is why they are stored.
"""

import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from assignments.convnets import blossoms, flowers

SEED = 2026
KINDS, EACH, EPOCHS, BATCH = 48, 110, 14, 32
SIZE = 48  # pixels a side of what the network sees
MAPS = (16, 24, 40, 56, 72, 96)
POOLED = (2, 4)  # the blocks that end in max pooling


def network(keras: Any) -> Any:
    """Six blocks of convolution, batch normalisation and ReLU: [n, 48, 48, 3] to [n, 6, 6, 96]."""
    layers = keras.layers
    x = pixels = keras.Input((SIZE, SIZE, 3), name="pixels")
    for k, maps in enumerate(MAPS, start=1):
        strides = 2 if k == 1 else 1
        x = layers.Conv2D(
            maps, 3, strides=strides, padding="same", use_bias=False, name=f"conv{k}"
        )(x)
        x = layers.BatchNormalization(momentum=0.9, name=f"bn{k}")(x)
        x = layers.ReLU(name=f"block{k}")(x)
        if k in POOLED:
            x = layers.MaxPooling2D(name=f"pool{k}")(x)
    return keras.Model(pixels, x, name="backbone")


def main(folder: Path) -> None:
    """Train it and write it to `folder`."""
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    labels = np.random.default_rng(SEED).permutation(np.arange(KINDS * EACH) % KINDS)
    drawn = blossoms.draw(labels, SEED, blossoms.foreign_species(KINDS, SEED))
    files = [flowers.encoded(picture) for picture in drawn]
    images = np.concatenate(
        [
            tf.image.resize(flowers.squares(files[a:b], blossoms.SIDE), (SIZE, SIZE)).numpy()
            for a, b in pairwise([*range(0, len(files), 500), len(files)])
        ]
    )
    x = images / np.float32(127.5) - 1
    part = len(x) * 9 // 10

    backbone = network(keras)
    out = keras.layers.GlobalAveragePooling2D()(backbone.output)
    out = keras.layers.Dropout(0.2)(out)
    model = keras.Model(backbone.input, keras.layers.Dense(KINDS, activation="softmax")(out))
    rate = keras.optimizers.schedules.CosineDecay(0.003, EPOCHS * (part // BATCH))
    model.compile(
        keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    mirrored = tf.data.Dataset.from_tensor_slices((x[:part], labels[:part])).shuffle(part)
    mirrored = mirrored.map(lambda a, y: (tf.image.random_flip_left_right(a), y)).batch(BATCH)
    model.fit(mirrored, validation_data=(x[part:], labels[part:]), epochs=EPOCHS, verbose=2)

    (folder / flowers.BACKBONE[0]).write_text(backbone.to_json() + "\n", "utf-8")
    weights = {f"w{k:02d}": w.astype(np.float16) for k, w in enumerate(backbone.get_weights())}
    with (folder / flowers.BACKBONE[1]).open("wb") as file:
        np.savez_compressed(file, **weights)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else flowers.HERE)
