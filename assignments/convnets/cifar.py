"""The files that `cifar_cnn` reads, at both tiers: see data.toml beside this file."""

import json
import pickle
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from assignments import preparing
from assignments.convnets import scenes
from assignments.preparing import Labelled

TRAIN, SHOWN, SECRET = 3000, 1000, 2000  # images of the mini tier
CIFAR_TRAIN = 50_000


def mini(train: Path, held_out: Path, seed: int) -> None:
    """Draw scenes: 3,000 to train on, 1,000 shown, 2,000 held out, [n, 32, 32, 3] uint8."""
    images, labels = scenes.draw(TRAIN + SHOWN + SECRET, seed)
    x, y = (np.split(a, [TRAIN, TRAIN + SHOWN]) for a in (images, labels))
    sets = list(zip(x, y, strict=True))
    preparing.write_images(train, held_out, training=sets[0], shown=sets[1], secret=sets[2])
    _write_classes(train, scenes.CLASSES)


def full(raw: Path, train: Path, held_out: Path) -> None:
    """All 50,000 training images of CIFAR-10; of its test images 5,000 shown, 5,000 held out.

    Args:
        raw: holds `cifar-10-python.tar.gz` or, the same images compressed, `cifar10_jpeg.npz`.
    """
    archive = raw / "cifar-10-python.tar.gz"
    (training, test), classes = (
        _from_archive(archive) if archive.is_file() else _from_container(raw / "cifar10_jpeg.npz")
    )
    shown, secret = preparing.halves(*test, seed=10)
    preparing.write_images(train, held_out, training=training, shown=shown, secret=secret)
    _write_classes(train, classes)


def _write_classes(train: Path, names: Sequence[str]) -> None:
    (train / "classes.json").write_text(json.dumps(list(names)) + "\n", "utf-8")


def _from_container(path: Path) -> tuple[tuple[Labelled, Labelled], Sequence[str]]:
    with np.load(path, allow_pickle=False) as file:
        labels, n = file["labels"], int(file["n_train"])
        classes = [str(name) for name in file["class_names"]]
    images = np.empty((len(labels), 32, 32, 3), np.uint8)
    for k, image in enumerate(preparing.decoded(path)):
        images[k] = image
    return ((images[:n], labels[:n]), (images[n:], labels[n:])), classes


def _from_archive(path: Path) -> tuple[tuple[Labelled, Labelled], Sequence[str]]:
    """The archive as its authors offer it: pickles of Python 2, verified by their sha256."""
    images, labels = [], []
    with tarfile.open(path) as tar:
        for name in (*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"):
            batch = _Plain.of(tar.extractfile(f"cifar-10-batches-py/{name}"))
            images.append(batch[b"data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
            labels.append(np.array(batch[b"labels"]))
        meta = _Plain.of(tar.extractfile("cifar-10-batches-py/batches.meta"))
    classes = [name.decode() for name in meta[b"label_names"]]
    x, y = np.concatenate(images), np.concatenate(labels)
    n = CIFAR_TRAIN
    return ((x[:n], y[:n]), (x[n:], y[n:])), classes


class _Plain(pickle.Unpickler):
    """Unpickles arrays of numbers and nothing else, whatever the file says."""

    @classmethod
    def of(cls, file: IO[bytes] | None) -> dict[bytes, Any]:
        if file is None:
            raise ValueError("the archive lacks a batch of images")
        found = cls(file, encoding="bytes").load()
        if not isinstance(found, dict):
            raise ValueError("a batch of images is no dictionary")
        return found

    def find_class(self, module: str, name: str) -> Any:
        known: dict[tuple[str, str], Any] = {
            ("numpy.core.multiarray", "_reconstruct"): _reconstruct(),
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): np.dtype,
        }
        if (module, name) not in known:
            raise ValueError(f"a batch of images asks for {module}.{name}")
        return known[module, name]


def _reconstruct() -> Any:
    reconstruct: Any = np.empty(0).__reduce__()[0]  # numpy's own, wherever it keeps it
    return reconstruct
