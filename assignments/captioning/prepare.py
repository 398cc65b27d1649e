"""The files that `captioning` reads, at both tiers: see data.toml and writing.py beside it."""

import shutil
from pathlib import Path

import numpy as np

from assignments.captioning import efficientnet, encoder, flickr, scenes, sentences, writing
from assignments.captioning.writing import Side

TRAIN, SHOWN, SECRET = 2000, 300, 500  # scenes of the mini tier
PICTURES = 600  # training pictures of the mini tier; the others are there as features only

# What the data depends on: a change there makes it anew, and ends its calibration.
MADE_BY = {
    "captioning": (
        "prepare.py", "writing.py", "scenes.py", "sentences.py", "encoder.py", "encoder.npz",
        "flickr.py", "efficientnet.py", "../preparing.py",
    )
}  # fmt: skip


def mini(notebook: str, train: Path, held_out: Path, seed: int) -> None:
    """Draw scenes from a seed, none of them twice: 2,000 to train on, 300 shown, 500 held out."""
    rng = np.random.default_rng([seed, 7])
    imagined = scenes.imagined(rng, TRAIN + SHOWN + SECRET)
    images = scenes.draw(rng, imagined)
    captions = [sentences.describe(rng, scene) for scene in imagined]
    features = encoder.encode(images, encoder.weights()).astype(np.float16)
    parts = (slice(TRAIN), slice(TRAIN, TRAIN + SHOWN), slice(TRAIN + SHOWN, None))
    sides = [Side(features[p], images[p], captions[p]) for p in parts]
    sides[0] = Side(sides[0].features, sides[0].images[:PICTURES], sides[0].captions)
    writing.write(train, held_out, *sides, rng)
    (train / "encoder.json").write_text(encoder.architecture(), "utf-8")
    shutil.copyfile(encoder.WEIGHTS, train / "encoder.npz")


def full(notebook: str, raw: Path, train: Path, held_out: Path) -> None:
    """Flickr8k from the files of data.toml in `raw`, in its own split: see flickr.py."""
    writing.write(train, held_out, *flickr.sides(raw), np.random.default_rng(flickr.SEED))
    (train / "encoder.json").write_text(efficientnet.architecture(), "utf-8")
    shutil.copyfile(raw / flickr.FILES["weights"], train / "encoder.h5")
