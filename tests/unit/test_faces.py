"""The faces of the generative notebooks: drawn from a seed, or photographs split by person."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assignments.generative import faces, lfw, prepare
from graders.metrics import images as metrics
from tests.arrays import arrays


def drawn(n: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    return faces.draw(np.random.default_rng(seed), n)


def test_the_same_seed_draws_the_same_faces_and_another_seed_others() -> None:
    images, attributes = drawn(40)
    assert images.shape == (40, 32, 32, 3)
    assert images.dtype == np.uint8
    assert attributes.shape == (40, len(faces.ATTRIBUTES))
    assert attributes.dtype == np.float32
    np.testing.assert_array_equal(images, drawn(40)[0])
    assert not np.array_equal(images, drawn(40, seed=4)[0])


def test_attributes_lie_in_their_range_and_show_in_the_pixels() -> None:
    images, attributes = drawn(600)
    assert attributes.min() >= 0
    assert attributes.max() <= 1
    assert ((attributes > 0.5).mean(axis=0) > 0.15).all()
    assert ((attributes < 0.5).mean(axis=0) > 0.15).all()
    dark = attributes[:, faces.ATTRIBUTES.index("dark_hair")]
    top = images[:, 4:8, 12:20].mean(axis=(1, 2, 3))
    assert np.corrcoef(dark, top)[0, 1] < -0.2


def test_no_two_faces_are_the_same_and_none_is_nearly_another() -> None:
    images, _ = drawn(200)
    rows = images.reshape(200, -1).astype(float)
    near = metrics.nearest(rows, 1)[:, 0]
    assert np.sqrt(((rows - rows[near]) ** 2).mean(axis=1)).min() > 8


def test_a_linear_code_of_a_few_numbers_leaves_much_of_a_drawn_face() -> None:
    images, _ = drawn(700)
    rows = prepare._rows(images[:, ::2, ::2])  # a quarter of the pixels shows it as well
    mean, components = prepare.principal(rows[:500], 16)
    left = metrics.left_over(rows[500:], mean, components)
    assert 0.15 < left / float(np.mean((rows[500:] - mean) ** 2)) < 0.4


def test_quick_components_leave_what_exact_ones_leave() -> None:
    rows = prepare._rows(drawn(300)[0][:, ::2, ::2])
    quick = metrics.left_over(rows, *prepare.principal(rows, 16))
    exact = metrics.left_over(rows, *metrics.principal(rows.astype(float), 16))
    assert quick == pytest.approx(exact, rel=1e-3)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faces")
    sides = [drawn(n, seed) for n, seed in ((120, 1), (30, 2), (60, 3))]
    for notebook in prepare.MADE_BY:
        train, held_out = folder / notebook / "train", folder / notebook / "held_out"
        prepare._write(notebook, train, held_out, sides, faces.ATTRIBUTES, "mini", 0)
    return folder


@pytest.mark.parametrize("notebook", prepare.MADE_BY)
def test_held_out_faces_are_in_no_file_of_the_training_side(written: Path, notebook: str) -> None:
    folder = written / notebook
    assert json.loads((folder / "train" / "attributes.json").read_text()) == list(faces.ATTRIBUTES)
    train, valid = (arrays(folder / "train" / f"{side}.npz") for side in ("train", "valid"))
    cases, truth = (arrays(folder / "held_out" / f"{side}.npz") for side in ("cases", "truth"))
    np.testing.assert_array_equal(cases["faces/1/images"], valid["x"])
    np.testing.assert_array_equal(truth["faces/1/attributes"], valid["attributes"])
    seen = {image.tobytes() for image in [*train["x"], *valid["x"]]}
    assert not seen & {image.tobytes() for image in cases["faces/0/images"]}


def test_noisy_faces_are_the_first_of_the_same_cases_and_lie_apart(written: Path) -> None:
    cases, truth = (
        arrays(written / "face_autoencoder" / "held_out" / f"{side}.npz")
        for side in ("cases", "truth")
    )
    for k in (0, 1):
        clean, noisy = cases[f"faces/{k}/images"], cases[f"noisy/{k}/images"]
        assert noisy.dtype == np.float16
        away = (noisy.astype(float) - clean[: len(noisy)]) / 255
        assert away.std() == pytest.approx(float(truth[f"noisy/{k}/sigma"]), rel=0.02)
    # Not one of the denoiser's own cases holds a clean face.
    assert {name.split("/")[0] for name in cases} == {"faces", "noisy"}


def test_the_linear_floor_is_computed_between_nothing_and_the_mean_face(written: Path) -> None:
    truth = arrays(written / "face_autoencoder" / "held_out" / "truth.npz")
    assert int(truth["faces/0/code_size"]) == prepare.CODE_SIZES["mini"]
    assert 0 < truth["faces/0/pca_mse"] < truth["faces/0/mean_mse"]


def test_nobody_is_on_two_sides_and_nobody_fills_one_alone() -> None:
    counts = [530, 40, 11, *([7] * 5), *([2] * 60), *([1] * 200)]
    people = np.repeat([f"p{k}" for k in range(len(counts))], counts)
    sides = lfw.sides(people, shown=100, secret=120)
    assert sorted(np.concatenate(sides).tolist()) == list(range(len(people)))
    on = [set(people[which]) for which in sides]
    assert not on[0] & on[1] | on[0] & on[2] | on[1] & on[2]
    assert 100 <= len(sides[1]) <= 100 + lfw.MOST
    assert 120 <= len(sides[2]) <= 120 + lfw.MOST
    assert {"p0", "p1", "p2"} <= on[0]


def test_a_container_of_photographs_is_cropped_and_its_unknown_attributes_are_nan(
    tmp_path: Path,
) -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:, :6] = 255  # outside the crop
    picture[28:36, 28:36] = 200
    Image.fromarray(picture).save(buffer := io.BytesIO(), "PNG")
    data = buffer.getvalue()
    np.savez(
        tmp_path / "lfw_64_jpeg.npz",
        jpeg=np.frombuffer(data * 2, np.uint8), offsets=[0, len(data), 2 * len(data)],
        names=["Ada_Lovelace_0001", "Ada_Lovelace_0002"], female=np.array([1, -1], np.int8),
        smile=np.array([0, -1], np.int8),
    )  # fmt: skip
    images, attributes, people = lfw.read(tmp_path / "lfw_64_jpeg.npz")
    assert images.shape == (2, 32, 32, 3)
    assert images[0, 16, 16].min() > 190
    assert images[0, :, 0].max() < 30
    np.testing.assert_array_equal(attributes, [[1, 0], [np.nan, np.nan]])
    assert people.tolist() == ["Ada_Lovelace"] * 2
