"""The fine-tuning notebook of week 3: a clean source that gives nothing away; its data, prepared.

TensorFlow is not installed where these tests run: what needs it is executed in the image by the
conformance tests.
"""

import io
import json
import tarfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from scipy.io import savemat

from assignments.convnets import blossoms, flowers
from graders import flowers_finetune
from reference_solutions import filling
from reference_solutions.flowers_finetune import unseen
from tests.arrays import arrays

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = ROOT / "assignments" / "convnets" / "flowers_finetune.ipynb"
NOTEBOOK = nbformat.read(ASSIGNMENT, as_version=4)
REFERENCE = filling.read_cells(ROOT / "reference_solutions" / "flowers_finetune" / "solution.py")
GRADER = flowers_finetune.GRADER


def source(notebook: Any, cell_id: str) -> str:
    return str(next(c.source for c in notebook.cells if c.id == cell_id))


def run(*cells: str) -> Mapping[str, Any]:
    """The namespace that cells leave which need numpy only."""
    found: dict[str, Any] = {"np": np}
    for cell in cells:
        exec(compile(cell, "<cell>", "exec"), found)
    return found


def test_points_of_grader_and_assignment_agree_and_few_are_claims() -> None:
    marks = [cell.metadata.nbgrader for cell in NOTEBOOK.cells]
    declared = {m.grade_id: m.points for m in marks if m.grade}
    ours = {c.id: c.points for c in GRADER.checks}
    assert {i: p for i, p in declared.items() if i not in GRADER.by_hand} == ours
    assert set(GRADER.by_hand) == set(declared) - set(ours)
    assert sum(declared.values()) == 30
    assert 0 < sum(c.points for c in GRADER.checks if c.claim) <= 0.2 * sum(ours.values())


def test_the_notebook_says_which_data_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    np.savez(tmp_path / "train.npz", y=np.zeros(1))
    with pytest.raises(FileNotFoundError, match=r"classes\.json, base\.json is missing\. Fetch"):
        run("import json, os\nfrom pathlib import Path", source(NOTEBOOK, "data"))


def test_the_generator_passes_the_visible_test_and_a_blank_one_does_not() -> None:
    visible = source(NOTEBOOK, "check_batches")
    run(REFERENCE["batch_generator"].source, visible)
    with pytest.raises(NotImplementedError):
        run(source(filling.fill(ASSIGNMENT, {}), "batch_generator"), visible)


def test_unseen_iterables_hold_exact_multiples_rests_and_a_source_without_end_in_sight() -> None:
    asked = unseen.cases(9)["iterables"]
    rests = [c["n"] % c["batch_size"] for c in asked if c["n"]]
    assert rests.count(0) >= 4
    assert len(rests) - rests.count(0) >= 3
    assert sum(c["n"] > 20 * c["most"] * c["batch_size"] for c in asked) >= 1


def test_unseen_bases_are_cut_inside_what_they_have() -> None:
    for case in unseen.cases(9)["bases"]:
        assert 0 < case["cut"] < case["blocks"]


# --- data ----------------------------------------------------------------------------------------


def test_the_same_seed_draws_the_same_blossoms_and_another_seed_others() -> None:
    labels = np.arange(24) % 12
    drawn = blossoms.draw(labels, 7)
    assert {min(p.shape[:2]) for p in drawn} == {blossoms.SIDE}
    assert max(max(p.shape[:2]) for p in drawn) <= blossoms.LONGEST
    assert len({p.shape for p in drawn}) > 6
    for mine, again, other in zip(
        drawn, blossoms.draw(labels, 7), blossoms.draw(labels, 8), strict=True
    ):
        np.testing.assert_array_equal(mine, again)
        assert mine.shape != other.shape or not np.array_equal(mine, other)


def test_the_backbone_has_seen_none_of_the_species_of_the_task() -> None:
    task = {(s.petals, s.form) for s in blossoms.SPECIES}
    assert len(task) == len(blossoms.SPECIES) == 12
    assert not task & {(s.petals, s.form) for s in blossoms.foreign_species(200, 2026)}


def test_the_stored_backbone_is_small_and_fits_its_architecture() -> None:
    told = json.loads((flowers.HERE / "backbone.json").read_text("utf-8"))
    layers = [part["config"]["name"] for part in told["config"]["layers"]]
    assert {"block4", "block6"} <= set(layers)
    path = flowers.HERE / "backbone.npz"
    assert path.stat().st_size < 400_000
    with np.load(path) as file:
        weights = [file[name] for name in sorted(file.files)]
    assert len(weights) == 6 * 5  # a kernel and four numbers a channel of batch normalisation
    assert all(w.dtype == np.float16 and np.isfinite(w).all() for w in weights)


def files_of(path: Path) -> tuple[list[bytes], Any]:
    with np.load(path) as file:
        data, ends, y = file["jpeg"].tobytes(), file["offsets"], file["y"]
    return [data[a:b] for a, b in pairwise(ends)], y


def test_the_mini_tier_tells_a_constant_from_a_line(tmp_path: Path) -> None:
    train, held_out = tmp_path / "train", tmp_path / "held_out"
    train.mkdir()
    flowers.mini(train, held_out, 5)
    files, y = files_of(train / "valid.npz")
    cases, truth = arrays(held_out / "cases.npz"), arrays(held_out / "truth.npz")
    np.testing.assert_array_equal(cases["images/1/images"], flowers.squares(files, blossoms.SIDE))
    np.testing.assert_array_equal(truth["images/1/labels"], y)
    assert np.bincount(files_of(train / "train.npz")[1]).tolist() == [flowers.EACH] * 12
    assert cases["images/0/images"].shape == (flowers.SECRET, 56, 56, 3)
    assert truth["images/0/majority"] < 0.1 < 0.25 < truth["images/0/linear"] < 0.6
    assert truth["images/0/names"].tolist() == json.loads((train / "classes.json").read_text())
    seen = {image.tobytes() for image in cases["images/1/images"]}
    assert not seen & {image.tobytes() for image in cases["images/0/images"]}


def jpeg(rng: np.random.Generator, height: int, width: int) -> bytes:
    return flowers.encoded(rng.integers(0, 256, (height, width, 3)).astype(np.uint8))


def test_the_mirrors_flowers_keep_their_split(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    files = [jpeg(rng, 160, 160 + k) for k in range(18)]
    np.savez(
        tmp_path / "flowers102_160px.npz",
        jpeg=np.frombuffer(b"".join(files), np.uint8),
        offsets=np.cumsum([0, *map(len, files)]),
        labels=np.arange(18) % 2, split=np.repeat([0, 1, 2], 6), class_names=np.array(["a", "b"]),
    )  # fmt: skip
    (tmp_path / "inception_v3_imagenet2015_notop_92of94_f16.h5").write_bytes(b"weights")
    train, held_out = tmp_path / "train", tmp_path / "held_out"
    flowers.full(tmp_path, train, held_out)
    assert sorted(files_of(train / "train.npz")[0]) == sorted(files[:6])
    assert sorted(files_of(train / "valid.npz")[0]) == sorted(files[6:12])
    assert json.loads((train / "base.json").read_text())["layer"] == "mixed8"
    assert arrays(held_out / "cases.npz")["images/0/images"].shape == (6, 160, 160, 3)


def test_of_all_photographs_a_tenth_is_held_out_and_a_tenth_shown(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    files = [jpeg(rng, 40, 50) for _ in range(30)]
    with tarfile.open(tmp_path / "102flowers.tgz", "w:gz") as tar:
        for k, file in enumerate(files, start=1):
            member = tarfile.TarInfo(f"jpg/image_{k:05}.jpg")
            member.size = len(file)
            tar.addfile(member, io.BytesIO(file))
    labels = np.arange(30) % 2 + 1
    savemat(tmp_path / "imagelabels.mat", {"labels": labels[None]})
    (tmp_path / "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5").write_bytes(b"w")
    train, held_out = tmp_path / "train", tmp_path / "held_out"
    flowers.full(tmp_path, train, held_out)
    sets = [files_of(train / f"{name}.npz") for name in ("train", "valid")]
    assert [len(found) for found, _ in sets] == [24, 3]
    for found, y in sets:
        assert [labels[files.index(f)] - 1 for f in found] == y.tolist()
    assert arrays(held_out / "cases.npz")["images/0/images"].shape == (3, 256, 256, 3)
    assert json.loads((train / "base.json").read_text())["layer"] == "mixed10"
