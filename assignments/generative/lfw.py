"""Labeled Faces in the Wild, cropped to the face and 32x32: the full tier, split by person.

Nobody is both trained on and held out: with pictures of the same person on both sides, a model
that remembers people would pass for one that has learnt faces.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assignments import preparing

Array = npt.NDArray[Any]
SIDE = 32
ATTRIBUTES = ("female", "smile")
SHOWN, SECRET = 1000, 1000  # pictures, about: nobody is split
# Of the original 250 pixels the course keeps the middle 90, of which the container has 112 in 64.
CROP = 64 * 90 / 112
MOST = 10  # pictures of one person on a small side: one man alone has 530
SEED = 4


def read(container: Path) -> tuple[Array, Array, Array]:
    """All pictures of the mirror's container.

    Args:
        container: `lfw_64_jpeg.npz`.

    Returns:
        images [n, 32, 32, 3] uint8; attributes [n, 2] float32, 0 or 1, NaN where unknown; people
        [n], their names.
    """
    from PIL import Image

    with np.load(container, allow_pickle=False) as file:
        labels = np.stack([file[name] for name in ATTRIBUTES], axis=1).astype(np.float32)
        people = np.array([name.rsplit("_", 1)[0] for name in file["names"].tolist()])
    images = np.empty((len(people), SIDE, SIDE, 3), np.uint8)
    for k, picture in enumerate(preparing.decoded(container)):
        edge = (len(picture) - CROP) / 2
        box = (edge, edge, edge + CROP, edge + CROP)
        small = Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.LANCZOS, box)
        images[k] = np.asarray(small)
    return images, np.where(labels < 0, np.float32(np.nan), labels), people


def sides(people: Array, shown: int = SHOWN, secret: int = SECRET) -> tuple[Array, Array, Array]:
    """Which pictures are for training, which are shown and which held out: indices, by person.

    Args:
        people: whose each picture is [n].
        shown, secret: how many pictures those sides have at the least; at most `MOST` more.
    """
    names, place, count = np.unique(people, return_inverse=True, return_counts=True)
    side = np.zeros(len(names), int)
    taken = [0, 0, 0]
    for person in np.random.default_rng(SEED).permutation(len(names)):
        for k, wanted in ((1, shown), (2, secret)):
            if not side[person] and count[person] <= MOST and taken[k] < wanted:
                side[person] = k
                taken[k] += int(count[person])
    of = side[place]
    return np.flatnonzero(of == 0), np.flatnonzero(of == 1), np.flatnonzero(of == 2)
