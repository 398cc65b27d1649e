"""What notebooks read, and what is held out of it: prepared once, by seed, and really difficult."""

import ast
import hashlib
import io
import json
import multiprocessing
import os
import pickle
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assignments import preparing
from assignments.convnets import cifar, scenes
from assignments.mnist_digits import digits
from graders.core import catalogue, data
from graders.core.data import sources
from graders.core.data.sources import datasets
from graders.core.errors import CourseFault, InfraFault, UsageFault
from tests.arrays import arrays

ROOT = Path(__file__).resolve().parents[2]
POINTS = ROOT / "assignments" / "linear_models"

PREPARATIONS = {
    (path.parent.name, notebook): path.parent
    for path in sorted((ROOT / "assignments").glob("*/prepare.py"))
    for notebook in catalogue.load(path).MADE_BY
}


@pytest.mark.parametrize(("draw", "shape"), [(digits.draw, (28, 28)), (scenes.draw, (32, 32, 3))])
def test_the_same_seed_draws_the_same_images_and_another_seed_others(draw, shape) -> None:
    images, labels = draw(120, 7)

    assert images.shape == (120, *shape)
    assert images.dtype == np.uint8
    assert set(labels) == set(range(10))
    np.testing.assert_array_equal(images, draw(120, 7)[0])
    assert not np.array_equal(images, draw(120, 8)[0])


@pytest.mark.parametrize(
    ("draw", "seed", "low", "high"),
    [
        *((digits.draw, seed, 0.65, 0.85) for seed in (0, 1)),
        *((scenes.draw, seed, 0.20, 0.45) for seed in (0, 1)),
    ],
)
def test_a_line_does_better_than_a_constant_and_far_from_well(draw, seed, low, high) -> None:
    images, labels = draw(3000, seed)
    if images.ndim == 4:  # every other pixel is enough to see, and a hundredth of the work
        images = images[:, ::2, ::2]
    unseen, truth = images[2000:], labels[2000:]
    constant = np.bincount(truth).max() / len(truth)
    linear = (preparing.Ridge(images[:2000], labels[:2000])(unseen) == truth).mean()

    assert constant < 0.14
    assert low < linear < high


def test_no_scene_is_told_by_its_mean_colour() -> None:
    images, labels = scenes.draw(3000, 3)
    colour = images.mean((1, 2), keepdims=True).astype(np.uint8)
    told = preparing.Ridge(colour[:2000], labels[:2000])(colour[2000:])

    assert (told == labels[2000:]).mean() < 0.18


def test_a_job_sees_the_training_side_only(tmp_path: Path) -> None:
    made = data.prepared(PREPARATIONS["mnist_digits", "mnist_digits"], "mnist_digits", "mini",
                         tmp_path)  # fmt: skip

    assert sorted(p.name for p in made.train.iterdir()) == ["train.npz", "valid.npz"]
    assert made.held_out is not None
    assert not made.held_out.is_relative_to(made.train)
    train, valid = (arrays(made.train / f"{side}.npz") for side in ("train", "valid"))
    cases, truth = (arrays(made.held_out / f"{side}.npz") for side in ("cases", "truth"))
    assert (train["x"].shape, valid["x"].shape) == ((6000, 28, 28), (1000, 28, 28))
    assert train["y"].dtype == np.int64
    assert cases["images/0/images"].shape == (2000, 28, 28)
    np.testing.assert_array_equal(cases["images/1/images"], valid["x"])
    np.testing.assert_array_equal(truth["images/1/labels"], valid["y"])
    assert truth["images/0/majority"] < 0.14 < 0.7 < truth["images/0/linear"] < 0.87
    seen = {image.tobytes() for image in [*train["x"], *valid["x"]]}
    assert not seen & {image.tobytes() for image in cases["images/0/images"]}


def test_what_is_prepared_is_not_prepared_again_but_for_another_seed(tmp_path: Path) -> None:
    first = data.prepared(POINTS, "linear_models", "mini", tmp_path)
    (first.train / "train.npy").touch()
    again = data.prepared(POINTS, "linear_models", "mini", tmp_path)
    other = data.prepared(POINTS, "linear_models", "mini", tmp_path, seed=1)

    assert again == first
    assert first.held_out is None
    assert other.digest != first.digest
    assert not np.array_equal(np.load(first.train / "train.npy"),
                              np.load(other.train / "train.npy"))  # fmt: skip
    assert [p.name for p in (tmp_path / "data").iterdir() if p.name.startswith(".")] == []


def _prepare(cache: Path) -> None:
    data.prepared(POINTS, "linear_models", "mini", cache)


def test_processes_that_prepare_the_same_do_not_disturb_each_other(tmp_path: Path) -> None:
    start = multiprocessing.get_context("spawn")
    workers = [start.Process(target=_prepare, args=(tmp_path,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert [w.exitcode for w in workers] == [0] * 3
    assert len(list((tmp_path / "data").iterdir())) == 1


@pytest.fixture
def invented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An assignment folder with a preparation that can be rewritten."""
    folder = tmp_path / "course" / "assignments" / "pets"
    folder.mkdir(parents=True)
    monkeypatch.setattr(catalogue, "ROOT", tmp_path / "course")
    (folder / "prepare.py").write_text(
        "MADE_BY = {'pets': ('prepare.py',)}\n"
        "def mini(notebook, train, held_out, seed):\n    (train / 'pet').write_text('cat')\n"
        "def full(notebook, raw, train, held_out):\n"
        "    (train / 'pet').write_bytes((raw / 'pet').read_bytes())\n"
    )
    return folder


def rewrite(folder: Path, old: str, new: str) -> None:
    path = folder / "prepare.py"
    path.write_text(path.read_text().replace(old, new))
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 10**9))  # whatever the clock's resolution


def test_changed_code_makes_the_data_anew_and_leaves_the_old(invented: Path) -> None:
    cache = invented.parents[2]
    old = data.prepared(invented, "pets", "mini", cache)
    rewrite(invented, "'cat'", "'dog'")
    new = data.prepared(invented, "pets", "mini", cache)

    assert (old.train / "pet").read_text() == "cat"
    assert (new.train / "pet").read_text() == "dog"
    assert new.digest != old.digest


def test_a_comment_in_the_code_makes_no_data_anew(invented: Path) -> None:
    cache = invented.parents[2]
    old = data.prepared(invented, "pets", "mini", cache)
    rewrite(invented, "def mini", "# of a seed\ndef mini")
    rewrite(invented, "seed):\n", 'seed):\n    """Draw a pet."""\n')
    assert data.prepared(invented, "pets", "mini", cache) == old


def test_a_preparation_that_fails_leaves_nothing_and_is_our_fault(invented: Path) -> None:
    rewrite(invented, "'cat'", "1 / 0")
    with pytest.raises(CourseFault, match=r"pets: its prepare.py fails with ZeroDivisionError"):
        data.prepared(invented, "pets", "mini", invented.parents[2])

    assert not list((invented.parents[2] / "data").iterdir())


def test_a_cache_that_cannot_be_written_is_one_clear_sentence(invented: Path) -> None:
    (invented.parents[2] / "data").write_text("in the way")
    with pytest.raises(InfraFault, match=r"cannot take the data of pets \(File exists\)"):
        data.prepared(invented, "pets", "mini", invented.parents[2])


def test_the_full_tier_needs_verified_files_and_says_how_to_get_them(invented: Path) -> None:
    raw = invented.parents[2] / "raw"
    checksum = hashlib.sha256(b"tortoise").hexdigest()
    (invented / "data.toml").write_text(
        f'[[full.file]]\nname = "pet"\nsha256 = "{checksum}"\nlicence = "ours"\n'
    )
    with pytest.raises(UsageFault, match="get it with `dlgrade data fetch pets`"):
        data.prepared(invented, "pets", "full", invented.parents[2], raw=raw)
    (raw / "pets").mkdir(parents=True)
    (raw / "pets" / "pet").write_bytes(b"tortoisE")
    with pytest.raises(UsageFault, match="or not whole"):
        data.prepared(invented, "pets", "full", invented.parents[2], raw=raw)
    (raw / "pets" / "pet").write_bytes(b"tortoise")
    made = data.prepared(invented, "pets", "full", invented.parents[2], raw=raw)

    assert (made.train / "pet").read_bytes() == b"tortoise"


@pytest.mark.parametrize(
    "line", ['name = "pet"', 'nam = "pet"\nsha256 = "1"', 'name = "pet"\nsha256 = "1"']
)
def test_a_data_file_without_checksum_name_or_licence_is_refused(invented, line) -> None:
    (invented / "data.toml").write_text(f"[[full.file]]\n{line}\n")
    with pytest.raises(CourseFault, match=r"assignments/pets/data.toml is wrong"):
        sources.read(invented / "data.toml")


def test_raw_data_lies_where_the_user_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    monkeypatch.delenv("DLGRADE_DATA", raising=False)
    assert sources.raw_folder() == Path("/caches/dlgrade/data")
    monkeypatch.setenv("DLGRADE_DATA", "/elsewhere")
    assert sources.raw_folder() == Path("/elsewhere")


@pytest.mark.parametrize(("assignment", "notebook"), PREPARATIONS)
def test_what_data_depends_on_is_named_in_full(assignment: str, notebook: str) -> None:
    folder = PREPARATIONS[assignment, notebook]
    named = {
        (folder / f).resolve() for f in catalogue.load(folder / "prepare.py").MADE_BY[notebook]
    }
    assert all(path.is_file() for path in named)
    for path in (p for p in named if p.suffix == ".py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("assignments"):
                for alias in node.names:
                    whole = ROOT.joinpath(*f"{node.module}.{alias.name}".split("."))
                    part = ROOT.joinpath(*str(node.module).split("."))
                    assert {whole.with_suffix(".py"), part.with_suffix(".py")} & named


def test_every_file_of_the_course_has_a_place_a_licence_and_a_way_to_know_it() -> None:
    found = datasets()
    rooms = {"linear_models", "mnist_digits", "convnets", "generative", "names_rnn", "captioning"}
    assert {d.assignment.name for d in found} >= rooms
    for dataset in found:
        assert any(source.known for source in dataset.sources), dataset.name
        for source in dataset.sources:
            for file in source.files:
                assert file.licence
                assert file.urls or file.checksum
                assert len(file.checksum) in ({"sha256": 64, "md5": 32}.get(file.algorithm, 0),)


def test_two_sources_of_cifar_are_prepared_into_the_same_files(tmp_path: Path, monkeypatch) -> None:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (60, 32, 32, 3), dtype=np.uint8)
    labels = np.arange(60) % 10
    names = [f"thing{k}" for k in range(10)]
    pictures = []
    for image in images:
        Image.fromarray(image).save(buffer := io.BytesIO(), "PNG")  # nothing lost
        pictures.append(buffer.getvalue())
    for folder in ("container", "archive"):
        (tmp_path / folder).mkdir()
    np.savez(
        tmp_path / "container" / "cifar10_jpeg.npz", labels=labels, n_train=50, class_names=names,
        jpeg=np.frombuffer(b"".join(pictures), np.uint8),
        offsets=np.cumsum([0, *map(len, pictures)]),
    )  # fmt: skip
    with tarfile.open(tmp_path / "archive" / "cifar-10-python.tar.gz", "w:gz") as tar:
        parts = {f"data_batch_{k + 1}": slice(10 * k, 10 * k + 10) for k in range(5)}
        content = {
            name: {b"data": images[part].transpose(0, 3, 1, 2).reshape(-1, 3072),
                   b"labels": labels[part].tolist()}
            for name, part in (parts | {"test_batch": slice(50, 60)}).items()
        } | {"batches.meta": {b"label_names": [n.encode() for n in names]}}  # fmt: skip
        for name, batch in content.items():
            info = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            packed = pickle.dumps(batch, protocol=3).replace(b"numpy._core", b"numpy.core")
            info.size = len(packed)
            tar.addfile(info, io.BytesIO(packed))
    monkeypatch.setattr(cifar, "CIFAR_TRAIN", 50)
    written: list[dict] = []
    monkeypatch.setattr(preparing, "write_images", lambda *_, **sets: written.append(sets))
    for folder in ("container", "archive"):
        cifar.full(tmp_path / folder, tmp_path / folder, tmp_path / folder)
        assert json.loads((tmp_path / folder / "classes.json").read_text()) == names

    for side, size in {"training": 50, "shown": 5, "secret": 5}.items():
        (x, y), (again, labels_again) = (sets[side] for sets in written)
        assert len(x) == size
        np.testing.assert_array_equal(x, again)
        np.testing.assert_array_equal(y, labels_again)
    np.testing.assert_array_equal(written[0]["training"][0], images[:50])


def test_an_archive_that_asks_for_more_than_arrays_is_refused() -> None:
    with pytest.raises(ValueError, match=r"asks for (posix|nt)\.system"):
        cifar._Plain.of(io.BytesIO(pickle.dumps(os.system, protocol=2)))


def test_the_real_digits_are_prepared_from_a_mirror(tmp_path: Path) -> None:
    mirror = os.environ.get("DLGRADE_MIRROR")
    if not mirror:
        pytest.skip("DLGRADE_MIRROR names no mirror of the course's data")
    from graders.core.data.fetching import obtain

    for dataset in datasets(("mnist_digits",)):
        obtain(dataset, tmp_path / "raw", mirror)
    made = data.prepared(PREPARATIONS["mnist_digits", "mnist_digits"], "mnist_digits", "full",
                         tmp_path, raw=tmp_path / "raw")  # fmt: skip
    assert made.held_out is not None
    train = arrays(made.train / "train.npz")
    cases, truth = (arrays(made.held_out / f"{side}.npz") for side in ("cases", "truth"))

    assert train["x"].shape == (60_000, 28, 28)
    assert abs(train["x"].mean() - 33.3184) < 1e-3
    assert cases["images/0/images"].shape == cases["images/1/images"].shape == (5000, 28, 28)
    assert 0.84 < truth["images/0/linear"] < 0.88
