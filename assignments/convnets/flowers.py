"""The files that `flowers_finetune` reads, at both tiers: see data.toml beside this file.

Pictures stay encoded (JPEG), as photographs come: to decode, crop and scale them is part of the
task. Held-out pictures are decoded here, cropped to their central square.

`base.json` says which network lies in the folder, up to which layer to take it, from which layer
on it may learn, and for which size of pictures.
"""

import io
import json
import shutil
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from assignments import preparing
from assignments.convnets import blossoms
from assignments.preparing import Array

Encoded = tuple[list[bytes], Array]  # JPEG files, labels [n]

EACH, SHOWN, SECRET = 12, 300, 1200  # mini: training pictures a species; others in all
QUALITY = 88
BACKBONE = ("backbone.json", "backbone.npz")
HERE = Path(__file__).parent
COMPLETE_SIDE = 256  # pixels of a held-out square of the complete data
COARSE = 16  # pixels a side for the linear baseline


def mini(train: Path, held_out: Path, seed: int) -> None:
    """Draw blossoms of twelve species: 144 to train on, 300 shown, 1,200 held out."""
    rng = np.random.default_rng([seed, 102])
    kinds = len(blossoms.SPECIES)
    labels = (
        rng.permutation(np.arange(EACH * kinds) % kinds),
        rng.permutation(np.arange(SHOWN) % kinds),
        rng.permutation(np.arange(SECRET) % kinds),
    )
    drawn = blossoms.draw(np.concatenate(labels), seed)
    parts = np.cumsum([0, *map(len, labels)])
    files = [[encoded(p) for p in drawn[a:b]] for a, b in pairwise(parts)]
    sets = list(zip(files, labels, strict=True))
    _write(train, held_out, *sets, [s.name for s in blossoms.SPECIES], blossoms.SIDE)
    for name in BACKBONE:
        shutil.copyfile(HERE / name, train / name)
    _write_base(train, BACKBONE[0], BACKBONE[1], "block6", "block4", 48)


def full(raw: Path, train: Path, held_out: Path) -> None:
    """Photographs of 102 kinds of flowers, and InceptionV3 as trained on ImageNet.

    Args:
        raw: holds either `102flowers.tgz`, `imagelabels.mat`, `setid.mat` (8,189 photographs: 80%
            to train on, a tenth shown, a tenth held out) or `flowers102_160px.npz` (3,060 of them,
            a third each), and a file of InceptionV3's weights.
    """
    if (raw / "102flowers.tgz").is_file():
        sets, side = _from_archive(raw), COMPLETE_SIDE
        names = [f"kind {k}" for k in range(1 + max(int(y.max()) for _, y in sets))]
    else:
        sets, names = _from_container(raw / "flowers102_160px.npz")
        side = 160
    _write(train, held_out, *sets, names, side)
    complete = raw / "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5"
    partial = raw / "inception_v3_imagenet2015_notop_92of94_f16.h5"
    weights = complete if complete.is_file() else partial
    shutil.copyfile(weights, train / "inception_v3.h5")
    # In the other file two convolutions behind mixed8 are missing.
    last, first = ("mixed10", "mixed9") if weights == complete else ("mixed8", "mixed7")
    _write_base(train, "InceptionV3", "inception_v3.h5", last, first, 224)


def _write_base(train: Path, network: str, weights: str, last: str, first: str, size: int) -> None:
    said = {
        "network": network, "weights": weights, "layer": last, "first_trainable": first,
        "size": size,
    }  # fmt: skip
    (train / "base.json").write_text(json.dumps(said) + "\n", "utf-8")


def _write(
    train: Path, held_out: Path, training: Encoded, shown: Encoded, secret: Encoded,
    names: Sequence[str], side: int,
) -> None:  # fmt: skip
    """Write both sides of the task.

    The truth of a case: `labels` int64 [n], `names` of the classes, `majority` and `linear`:
    accuracies in 0..1 of the best constant answer and of a ridge classifier of coarse pixels.
    """
    for folder in (train, held_out):
        folder.mkdir(parents=True, exist_ok=True)
    for name, (files, labels) in (("train", training), ("valid", shown)):
        sizes = [len(f) for f in files]
        preparing.save(
            train / f"{name}.npz",
            jpeg=np.frombuffer(b"".join(files), np.uint8),
            offsets=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            y=labels.astype(np.int64),
        )
    (train / "classes.json").write_text(json.dumps(list(names)) + "\n", "utf-8")
    linear = preparing.Ridge(_coarse(squares(training[0], side)), training[1])
    cases: dict[str, Array] = {}
    truth: dict[str, Array] = {}
    for k, (files, labels) in enumerate((secret, shown)):
        images = squares(files, side)
        cases[f"images/{k}/images"] = images
        truth[f"images/{k}/labels"] = labels.astype(np.int64)
        truth[f"images/{k}/names"] = np.array(list(names))
        truth[f"images/{k}/majority"] = np.array(np.bincount(labels).max() / len(labels))
        truth[f"images/{k}/linear"] = np.array((linear(_coarse(images)) == labels).mean())
    preparing.save(held_out / "cases.npz", **cases)
    preparing.save(held_out / "truth.npz", **truth)


def _coarse(images: Array) -> Array:
    """Block means [n, COARSE, COARSE, 3] uint8, or less where the pixels do not go into that."""
    step = max(1, images.shape[1] // COARSE)
    side = images.shape[1] // step
    cut = images[:, : side * step, : side * step]
    blocks = cut.reshape(len(images), side, step, side, step, 3)
    return np.asarray(blocks.mean((2, 4), dtype=np.float32).astype(np.uint8))


def encoded(picture: Array) -> bytes:
    """A picture [height, width, 3] uint8 as a JPEG file."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=QUALITY, subsampling=0)
    return file.getvalue()


def squares(files: Sequence[bytes], side: int) -> Array:
    """The central square of each JPEG file, [n, side, side, 3] uint8."""
    found = np.empty((len(files), side, side, 3), np.uint8)
    for k, file in enumerate(files):
        found[k] = _square(file, side)
    return found


def _square(file: bytes, side: int) -> Array:
    from PIL import Image

    with Image.open(io.BytesIO(file)) as opened:
        image = opened.convert("RGB")
    short = min(image.size)
    left, top = ((n - short) // 2 for n in image.size)
    image = image.crop((left, top, left + short, top + short))
    if short != side:
        image = image.resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(image)


def _from_container(path: Path) -> tuple[tuple[Encoded, Encoded, Encoded], list[str]]:
    """Official training images, official validation images, and some of the official test's."""
    with np.load(path, allow_pickle=False) as file:
        data, offsets, labels = file["jpeg"].tobytes(), file["offsets"], file["labels"]
        split, names = file["split"], [str(name) for name in file["class_names"]]
    files = [data[a:b] for a, b in pairwise(offsets)]
    return _parted(files, labels.astype(np.int64), [np.flatnonzero(split == k) for k in range(3)],
                   shuffled=2), names  # fmt: skip


def _from_archive(raw: Path) -> tuple[Encoded, Encoded, Encoded]:
    """All photographs, split by a fixed shuffle: the official split has only 1,020 to train on."""
    from scipy.io import loadmat

    table: dict[str, Any] = loadmat(raw / "imagelabels.mat")
    labels = np.ravel(table["labels"]).astype(np.int64) - 1
    with tarfile.open(raw / "102flowers.tgz") as tar:
        files = dict(_photographs(tar))
    ordered = [files[k] for k in range(1, len(labels) + 1)]
    order = np.random.default_rng(102).permutation(len(labels))
    tenth = len(labels) // 10
    return _parted(ordered, labels, [order[2 * tenth :], order[:tenth], order[tenth : 2 * tenth]])


def _photographs(tar: tarfile.TarFile) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each `image_00001.jpg`."""
    for member in tar:
        stem = Path(member.name).stem
        if member.isfile() and stem.startswith("image_"):
            opened = tar.extractfile(member)
            assert opened is not None  # it is a file
            yield int(stem.removeprefix("image_")), opened.read()


def _parted(
    files: Sequence[bytes], labels: Array, parts: Iterable[Array], shuffled: int | None = None
) -> tuple[Encoded, Encoded, Encoded]:
    """Training, shown and secret; `shuffled` seeds an order within each that tells no class."""
    found = []
    for part in parts:
        if shuffled is not None:
            part = np.random.default_rng(shuffled).permutation(part)
        found.append(([files[int(k)] for k in part], labels[part]))
    training, shown, secret = found
    return training, shown, secret
