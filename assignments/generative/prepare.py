"""The files that the notebooks of `generative` read, at both tiers: the same faces for both.

Training side: `train.npz` and `valid.npz` with `x` uint8 [n, 32, 32, 3] and `attributes` float32
[n, k] (NaN where unknown); `attributes.json`, the k names.

Held-out side: set `faces`, case 0 secret and case 1 shown (= valid), argument `images`. What is
known of a case: `attributes` [m, k]. The autoencoder's has more:
  `code_size`: how many numbers a face becomes; `pca_mse`: what PCA of that size, fitted on the
  training side, leaves on this case; `mean_mse`: what the mean training face leaves;
  a set `noisy`, `images` float16 [m, 32, 32, 3]: the first faces of the same cases with Gaussian
  noise, in units of pixel values and not clipped; known of it: `sigma` of the noise, with pixels
  in [-0.5, 0.5].
The GAN's has `training`, the faces of the training side [n, 32, 32, 3], with its secret case.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assignments.generative import faces, lfw
from assignments.preparing import save

Array = npt.NDArray[Any]
Side = tuple[Array, Array]  # images [n, 32, 32, 3] uint8, attributes [n, k] float32

TRAIN, SHOWN, SECRET = 3000, 500, 1000  # faces of the mini tier
CODE_SIZES = {"mini": 16, "full": 32}
SIGMA = 0.5  # of the noise that is to be taken away, with pixels in [-0.5, 0.5]
NOISY = 500  # faces of a case, at most

# What the data of a notebook depends on: a change there makes it anew, and ends its calibration.
_CODE = ("prepare.py", "faces.py", "lfw.py", "../preparing.py")
MADE_BY = {"face_autoencoder": _CODE, "face_gan": _CODE}


def mini(notebook: str, train: Path, held_out: Path, seed: int) -> None:
    """Draw faces from a seed: 3,000 to train on, 500 shown, 1,000 held out."""
    rng = np.random.default_rng([seed, 4])
    sides = [faces.draw(rng, n) for n in (TRAIN, SHOWN, SECRET)]
    _write(notebook, train, held_out, sides, faces.ATTRIBUTES, "mini", seed)


def full(notebook: str, raw: Path, train: Path, held_out: Path) -> None:
    """Photographs of faces from `lfw_64_jpeg.npz` in `raw`: see lfw.py."""
    images, attributes, people = lfw.read(raw / "lfw_64_jpeg.npz")
    sides = [(images[which], attributes[which]) for which in lfw.sides(people)]
    _write(notebook, train, held_out, sides, lfw.ATTRIBUTES, "full", 0)


def _write(
    notebook: str,
    train: Path,
    held_out: Path,
    sides: Sequence[Side],
    names: Sequence[str],
    tier: str,
    seed: int,
) -> None:
    training, shown, secret = sides
    for folder in (train, held_out):
        folder.mkdir(parents=True, exist_ok=True)
    save(train / "train.npz", x=training[0], attributes=training[1])
    save(train / "valid.npz", x=shown[0], attributes=shown[1])
    (train / "attributes.json").write_text(json.dumps(list(names)) + "\n", "utf-8")
    cases: dict[str, Array] = {}
    truth: dict[str, Array] = {}
    for k, (images, attributes) in enumerate((secret, shown)):
        cases[f"faces/{k}/images"] = images
        truth[f"faces/{k}/attributes"] = attributes
    if notebook == "face_autoencoder":
        _add_floors(cases, truth, training[0], CODE_SIZES[tier])
        _add_noisy(cases, truth, np.random.default_rng([seed, 44]))
    else:
        truth["faces/0/training"] = training[0]  # what generated faces must not be copies of
    save(held_out / "cases.npz", **cases)
    save(held_out / "truth.npz", **truth)


def _add_floors(
    cases: dict[str, Array], truth: dict[str, Array], training: Array, code_size: int
) -> None:
    """What is left of each case by the best linear code, and by no code at all."""
    mean, components = principal(_rows(training), code_size)
    for k in (0, 1):
        away = _rows(cases[f"faces/{k}/images"]) - mean
        left = away - (away @ components.T) @ components
        truth[f"faces/{k}/code_size"] = np.array(code_size)
        truth[f"faces/{k}/mean_mse"] = np.array(np.mean(away**2))
        truth[f"faces/{k}/pca_mse"] = np.array(np.mean(left**2))


def _add_noisy(cases: dict[str, Array], truth: dict[str, Array], rng: np.random.Generator) -> None:
    for k in (0, 1):
        clean = cases[f"faces/{k}/images"][:NOISY]
        noise = rng.normal(0, 255 * SIGMA, clean.shape)
        cases[f"noisy/{k}/images"] = (clean + noise).astype(np.float16)
        truth[f"noisy/{k}/sigma"] = np.array(SIGMA)


def principal(rows: Array, size: int) -> tuple[Array, Array]:
    """Mean [d] and leading principal components [size, d], orthonormal, of rows [n, d].

    By subspace iteration: exact components of thousands of pixels would take half a minute, and
    with some columns to spare these leave the same error to five digits.
    """
    mean = rows.mean(0)
    away = rows - mean
    start = np.random.default_rng(0).normal(size=(rows.shape[1], size + 16)).astype(rows.dtype)
    basis = np.linalg.qr(start)[0]
    for _ in range(15):
        basis = np.linalg.qr(away.T @ (away @ basis))[0]
    inside = np.linalg.svd(away @ basis, full_matrices=False)[2][:size]
    return mean, inside @ basis.T


def _rows(images: Array) -> Array:
    """Pixels within ±0.5, [n, d] float32."""
    return images.reshape(len(images), -1) / np.float32(255) - np.float32(0.5)
