"""Flickr8k at the full tier: photographs with five captions each, split as its authors split it.

Features of all 8,091 photographs come computed, by EfficientNet-Lite0 (pooled, 1,280 numbers); of
600 there are pictures, encoded once more: what the network says of those is near their features,
not the same.
"""

import gzip
import json
from pathlib import Path

import numpy as np

from assignments import preparing
from assignments.captioning.writing import Side
from assignments.preparing import Array

FILES = {
    "captions": "flickr8k_captions.json.gz",
    "features": "flickr8k_effnetlite0_feats.npz",
    "pictures": "flickr8k_images_224_600.npz",
    "weights": "efficientnet_lite0_imagenet_f16.h5",
}
SIDES = ("train", "val", "test")
MOST = 100  # pictures of a side: each takes 150 kB
SEED = 8


def sides(raw: Path) -> tuple[Side, Side, Side]:
    """6,000 photographs to train on, 1,000 shown, 1,000 secret; those with a picture first.

    Args:
        raw: holds `FILES`.
    """
    with gzip.open(raw / FILES["captions"], "rt", encoding="utf-8") as file:
        listed = [entry for entry in json.load(file) if entry["split"] in SIDES]
    with np.load(raw / FILES["features"], allow_pickle=False) as archive:
        rows = {name: k for k, name in enumerate(archive["names"].tolist())}
        features = archive["features"]
    pictures = _pictures(raw / FILES["pictures"], {e["file"]: e["split"] for e in listed})
    rng = np.random.default_rng(SEED)
    found = []
    for split in SIDES:
        entries = [e for e in listed if e["split"] == split]
        entries = [entries[k] for k in rng.permutation(len(entries))]
        entries.sort(key=lambda e: e["file"] not in pictures)  # stable: shuffled within both
        shown = [pictures[e["file"]] for e in entries if e["file"] in pictures]
        found.append(
            Side(
                features[[rows[e["file"]] for e in entries]],
                np.stack(shown),
                [[str(caption) for caption in e["captions"]] for e in entries],
            )
        )
    training, valid, test = found
    return training, valid, test


def _pictures(container: Path, splits: dict[str, str]) -> dict[str, Array]:
    """By file name: pictures [224, 224, 3] uint8, up to `MOST` of each side."""
    with np.load(container, allow_pickle=False) as archive:
        names = archive["names"].tolist()
    taken = dict.fromkeys(SIDES, 0)
    found = {}
    for name, picture in zip(names, preparing.decoded(container), strict=True):
        split = splits.get(name)
        if split in taken and taken[split] < MOST:
            taken[split] += 1
            found[name] = picture
    return found
