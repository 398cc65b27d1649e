"""The data of captioning: scenes and sentences that belong together, an encoder, two sides."""

import gzip
import io
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.signal import correlate

from assignments.captioning import (
    efficientnet,
    encoder,
    flickr,
    prepare,
    pretraining,
    scenes,
    sentences,
    writing,
)
from assignments.captioning.scenes import Scene, Thing
from graders.metrics import captions
from tests.arrays import arrays

CHOICE = {word for some in sentences._CHOICE.values() for word in some}


def imagined(n: int, seed: int = 3) -> list[Scene]:
    return scenes.imagined(np.random.default_rng(seed), n)


def told(scene: Scene, times: int = 4) -> list[str]:
    rng = np.random.default_rng(1)
    return [text for _ in range(times) for text in sentences.describe(rng, scene)]


# --- scenes --------------------------------------------------------------------------------------


def test_the_same_seed_imagines_and_draws_the_same_and_no_scene_comes_twice() -> None:
    some = imagined(300)
    assert len(set(some)) == 300
    assert some == imagined(300)
    assert some != imagined(300, seed=4)
    images = scenes.draw(np.random.default_rng(5), some[:20])
    assert images.shape == (20, 48, 48, 3)
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(images, scenes.draw(np.random.default_rng(5), some[:20]))
    assert not np.array_equal(images, scenes.draw(np.random.default_rng(6), some[:20]))


def test_everything_there_is_comes_about_equally_often() -> None:
    some = imagined(2000)
    for values, least in (
        (Counter(s.ground for s in some), 0.15),
        (Counter(s.first.colour for s in some), 0.1),
        (Counter(s.first.shape for s in some), 0.1),
        (Counter(s.relation for s in some), 0.15),
        (Counter(s.second.amount for s in some), 0.1),
        (Counter(s.extra is None for s in some), 0.2),
    ):
        assert min(values.values()) > least * len(some)


@pytest.mark.parametrize("relation", ["left", "above"])
def test_things_lie_where_the_scene_says_in_their_colour(relation: str) -> None:
    scene = Scene(Thing("square", "red", "large"), Thing("circle", "blue", "large"), relation,
                  "night")  # fmt: skip
    images = scenes.draw(np.random.default_rng(2), [scene] * 20).astype(float)
    if relation == "above":
        images = images.transpose(0, 2, 1, 3)
    first, second = images[:, :, :24].mean((1, 2)), images[:, :, 24:].mean((1, 2))
    assert (first[:, 0] > first[:, 2] + 5).all()
    assert (second[:, 2] > second[:, 0] + 5).all()


def test_what_is_inside_lies_within_its_ring() -> None:
    scene = Scene(Thing("star", "red", "small"), Thing("ring", "blue", "large"), "inside", "night")
    images = scenes.draw(np.random.default_rng(2), [scene] * 20).astype(float)
    red = images[..., 0] - images[..., 2] > 60
    across = np.abs(np.mgrid[:48, :48] - 23.5).max(0)
    assert red.any((1, 2)).all()
    assert not red[:, across > 14].any()


@pytest.mark.parametrize("shape", [*scenes.SHAPES, *scenes.HOLLOW])
def test_every_shape_covers_some_of_its_circle_and_looks_unlike_the_others(shape: str) -> None:
    v, u = np.mgrid[-65:66, -65:66] / 50
    covers = {s: scenes._inside(s, u, v) > 0 for s in (*scenes.SHAPES, *scenes.HOLLOW)}
    mine = covers.pop(shape)
    assert 0.05 < mine.mean() < 0.6
    assert not mine[np.maximum(np.abs(u), np.abs(v)) > 1.1].any()
    for other in covers.values():
        assert (mine ^ other).sum() > 0.15 * (mine | other).sum()


# --- sentences -----------------------------------------------------------------------------------


def test_five_people_write_five_different_sentences() -> None:
    for scene in imagined(50):
        five = sentences.describe(np.random.default_rng(9), scene)
        assert len({" ".join(writing.words(text)) for text in five}) == 5


def test_sentences_tell_nothing_that_is_not_there() -> None:
    for scene in imagined(60):
        things = [t for t in (scene.first, scene.second, scene.extra) if t]
        for text in told(scene):
            said = set(writing.words(text))
            assert said & scenes.COLOURS.keys() <= {t.colour for t in things}
            shapes = {w for s in (*scenes.SHAPES, *scenes.HOLLOW) for w in sentences._NOUNS[s]}
            named = {w for w in shapes if said & {w, f"{w}s", f"{w}es"}}
            assert named <= {w for t in things for w in sentences._NOUNS[t.shape]}
            for ground, ways in sentences._GROUNDS.items():
                if any(way in text.lower() for way in ways):
                    assert ground == scene.ground
            if "corner" in said or "nearby" in said:
                assert scene.extra is not None


@pytest.mark.parametrize(
    ("relation", "first_first", "second_first"),
    [
        ("left", ("left of", "next to", "beside", "and"), ("right of", "next to", "beside", "and")),
        ("above", ("above", "over", "and"), ("below", "under", "and")),
        ("inside", ("inside", " in ", "and"), ("around", "with", "and")),
    ],
)
def test_relations_are_told_from_either_side_and_never_the_wrong_way(
    relation: str, first_first: tuple[str, ...], second_first: tuple[str, ...]
) -> None:
    shape = "ring" if relation == "inside" else "heart"
    scene = Scene(Thing("star", "red", "small"), Thing(shape, "blue", "large"), relation, "sand")
    other = "(ring|hoop|heart)"
    for text in told(scene, 20):
        ways = first_first if re.search(f"star.*{other}", text) else second_first
        between = re.search(rf"(?:star|{other})(.*)(?:star|{other})", text)
        assert between is not None
        assert any(way in between[2] for way in ways), text


def test_articles_verbs_and_plurals_agree() -> None:
    for scene in imagined(150):
        for text in told(scene, 1):
            for article, word in re.findall(r"\b(an?) (\w+)", text.lower()):
                assert (article == "an") == (word[0] in "aeiou"), text
            for verb, subject in re.findall(r"\bthere (is|are) (\w+ \w+)", text.lower()):
                several = subject.split()[0] in ("two", "three", "some") or subject == "a pair"
                assert (verb == "are") == several, text
            assert "crosss" not in text
            assert "  " not in text


def test_references_differ_as_peoples_do_and_rare_words_stay_below_the_threshold() -> None:
    rng = np.random.default_rng(0)
    by_scene = [sentences.describe(rng, scene) for scene in imagined(2000)]
    among = captions.among_people(by_scene[:400])
    assert 0.35 < among.score < 0.6
    times = Counter(w for five in by_scene for text in five for w in writing.words(text))
    often = {w for w, n in times.items() if n >= writing.FREQUENT}
    assert 60 < len(often) < 85
    assert len(times.keys() - often) > 8
    assert times.keys() - often <= CHOICE
    written = [text for five in by_scene for text in five]
    assert 0.7 < np.mean([text[0].isupper() for text in written]) < 0.9
    assert {text[-2:] for text in written} >= {" ."}


# --- the encoder ---------------------------------------------------------------------------------


def test_the_encoder_in_numpy_does_what_a_loop_over_its_layers_does() -> None:
    given = encoder.weights()
    images = scenes.draw(np.random.default_rng(1), imagined(2))
    x = (images[0].astype(np.float64) - 127) / 128
    for k in range(1, len(encoder.MAPS) + 1):
        kernel, bias = given[2 * k - 2 : 2 * k]
        padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
        x = np.stack(
            [correlate(padded, kernel[..., m], mode="valid")[..., 0] for m in range(len(bias))], -1
        )
        x = np.maximum(x + bias, 0)
        if k in encoder.POOLED:
            x = x.reshape(len(x) // 2, 2, len(x) // 2, 2, -1).max((1, 3))
    x = x.reshape(3, 2, 3, 2, -1).mean((1, 3)).ravel()
    wanted = np.maximum(x @ given[-2] + given[-1], 0)
    found = encoder.encode(images, given)
    assert found.shape == (2, encoder.FEATURES)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[0], wanted, rtol=1e-3, atol=1e-4)


def test_the_architecture_has_a_place_for_each_stored_weight() -> None:
    layers = json.loads(encoder.architecture())["config"]["layers"]
    maps, side, shapes = 3, encoder.SIDE, []
    for layer in layers:
        config = layer["config"]
        match layer["class_name"]:
            case "Conv2D":
                shapes += [(3, 3, maps, config["filters"]), (config["filters"],)]
                maps = config["filters"]
            case "MaxPooling2D" | "AveragePooling2D":
                side //= 2
            case "Dense":
                shapes += [(side * side * maps, config["units"]), (config["units"],)]
    assert [w.shape for w in encoder.weights()] == shapes
    assert encoder.WEIGHTS.stat().st_size < 400_000
    assert (layers[-1]["config"]["name"], encoder.FEATURES) == ("features", shapes[-1][0])
    normalised = json.loads(encoder.architecture(normalised=True))["config"]["layers"]
    assert len(normalised) == len(layers) + len(encoder.MAPS) + 1


def test_features_tell_what_is_there() -> None:
    some = imagined(600, seed=17)
    features = encoder.encode(scenes.draw(np.random.default_rng(17), some), encoder.weights())
    x = np.concatenate([features, np.ones((600, 1))], 1)
    labels = np.array([pretraining.told(scene) for scene in some])
    ridge = x[:450].T @ x[:450] + 0.1 * np.trace(x.T @ x) / x.size * np.eye(x.shape[1])
    for k, head in enumerate(pretraining.HEADS):
        hot = np.eye(len(pretraining.HEADS[head]))[labels[:450, k]]
        said = (x[450:] @ np.linalg.solve(ridge, x[:450].T @ hot)).argmax(1)
        right = (said == labels[450:, k]).mean()
        assert right > (0.8 if head.endswith("3") else 0.85), head


def test_efficientnet_has_as_many_weights_as_its_file() -> None:
    layers = json.loads(efficientnet.architecture())["config"]["layers"]
    numbers = tensors = 0
    shapes: dict[str, tuple[int, ...]] = {"pixels": (224, 224, 3)}
    for layer in layers[1:]:
        config = layer["config"]
        (given,) = layer["inbound_nodes"][0]["args"]
        taken = [t["config"] for t in (given if isinstance(given, list) else [given])]
        for tensor in taken:
            assert tuple(tensor["shape"][1:]) == shapes[tensor["keras_history"][0]]
        *place, maps = taken[0]["shape"][1:]
        kernel = config.get("kernel_size", [1, 1])[0] ** 2
        place = [-(-side // config.get("strides", [1])[0]) for side in place]
        weights, few = {
            "Conv2D": (kernel * maps * config.get("filters", 0), 1),
            "DepthwiseConv2D": (kernel * maps, 1),
            "BatchNormalization": (4 * maps, 4),
            "Dense": ((maps + 1) * config.get("units", 0), 2),
        }.get(layer["class_name"], (0, 0))
        numbers, tensors = numbers + weights, tensors + few
        maps = config.get("filters", config.get("units", maps))
        ends = layer["class_name"] in ("GlobalAveragePooling2D", "Dense")
        shapes[layer["name"]] = (maps,) if ends else (*place, maps)
    # As the mirror's README counts them.
    assert (tensors, numbers) == (247, 4_694_024)
    assert shapes["features"] == (efficientnet.FEATURES,)


# --- both sides ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("captioning")
    with pytest.MonkeyPatch.context() as patch:
        for name, n in (("TRAIN", 500), ("SHOWN", 60), ("SECRET", 90), ("PICTURES", 50)):
            patch.setattr(prepare, name, n)
        prepare.mini("captioning", folder / "train", folder / "held_out", 5)
    return folder


def lines(truth: dict[str, np.ndarray], name: str) -> list[str]:
    return str(truth[name]).split("\n")


def test_a_job_sees_features_some_pictures_and_captions_as_written(written: Path) -> None:
    names = {path.name for path in (written / "train").iterdir()}
    assert names == {"train.npz", "valid.npz", "train_captions.json", "valid_captions.json",
                     "encoder.json", "encoder.npz"}  # fmt: skip
    for side, n, m in (("train", 500, 50), ("valid", 60, 60)):
        data = arrays(written / "train" / f"{side}.npz")
        texts = json.loads((written / "train" / f"{side}_captions.json").read_text("utf-8"))
        assert (data["features"].shape, data["features"].dtype) == ((n, 96), np.float16)
        assert data["images"].shape == (m, 48, 48, 3)
        assert [len(five) for five in texts] == [5] * n
        again = encoder.encode(data["images"][:8], encoder.weights(written / "train/encoder.npz"))
        np.testing.assert_allclose(again, data["features"][:8], rtol=2e-3, atol=2e-3)


def test_held_out_pictures_and_their_captions_are_nowhere_in_the_training_side(written) -> None:
    train = arrays(written / "train" / "train.npz")
    cases, truth = (arrays(written / "held_out" / f"{n}.npz") for n in ("cases", "truth"))
    seen = {row.tobytes() for row in train["features"]}
    for k in (0, 1):
        assert not seen & {row.tobytes() for row in cases[f"images/{k}/features"]}
    references = str(truth["images/0/references"]).strip().split("\n\n")
    assert len(references) == len(cases["images/0/features"]) == 90
    assert {len(five.split("\n")) for five in references} == {5}
    copied = captions.copied([five.split("\n")[0] for five in references],
                             lines(truth, "images/0/training"))  # fmt: skip
    assert copied.value < 0.05
    valid = json.loads((written / "train" / "valid_captions.json").read_text("utf-8"))
    shown = [five.split("\n") for five in str(truth["images/1/references"]).strip().split("\n\n")]
    assert shown == valid


def test_next_words_are_asked_with_what_stands_before_and_not_the_answer(written: Path) -> None:
    cases, truth = (arrays(written / "held_out" / f"{n}.npz") for n in ("cases", "truth"))
    rows = {f.tobytes(): k for k, f in enumerate(cases["images/0/features"])}
    references = [
        {" ".join([*writing.words(text), writing.END]) for text in five.split("\n")}
        for five in str(truth["images/0/references"]).strip().split("\n\n")
    ]
    prefixes, following = (
        str(cases["words/0/prefixes"]).split("\n"),
        lines(truth, "words/0/following"),
    )
    assert len(prefixes) == len(following) == len(cases["words/0/features"]) == writing.QUESTIONS
    assert {name.split("/")[-1] for name in cases} == {"features", "prefixes", "images"}
    for feature, before, word in zip(cases["words/0/features"], prefixes, following, strict=True):
        whole = f"{before} {word}".strip()
        assert any(f"{r} ".startswith(f"{whole} ") for r in references[rows[feature.tobytes()]])
    assert 0.05 < np.mean([word == writing.END for word in following]) < 0.15
    times = Counter(w for text in lines(truth, "images/0/training") for w in writing.words(text))
    vocabulary = set(lines(truth, "words/0/vocabulary"))
    assert vocabulary == {w for w, n in times.items() if n >= 5}


def test_what_needs_no_picture_is_worse_than_what_looked_at_it(written: Path) -> None:
    truth = arrays(written / "held_out" / "truth.npz")
    references = [
        five.split("\n") for five in str(truth["images/0/references"]).strip().split("\n\n")
    ]
    training = {" ".join(writing.words(t)) for t in lines(truth, "images/0/training")}
    scores = {}
    for name in ("most_frequent", "random", "retrieved"):
        texts = lines(truth, f"images/0/{name}")
        assert {" ".join(writing.words(t)) for t in texts} <= training
        scores[name] = captions.bleu(texts, references).score
    assert max(scores["most_frequent"], scores["random"]) < 0.15 < scores["retrieved"]
    assert scores["retrieved"] < captions.among_people(references).score
    assert len(set(lines(truth, "images/0/most_frequent"))) == 1


def test_photographs_are_those_of_the_first_rows(written: Path) -> None:
    cases, truth = (arrays(written / "held_out" / f"{n}.npz") for n in ("cases", "truth"))
    for k in (0, 1):
        images = cases[f"photographs/{k}/images"]
        known = truth[f"photographs/{k}/features"]
        assert len(images) == writing.PHOTOGRAPHS == len(known)
        np.testing.assert_array_equal(known, cases[f"images/{k}/features"][: len(known)])
        found = encoder.encode(images, encoder.weights())
        np.testing.assert_allclose(found, known, rtol=2e-3, atol=2e-3)
    valid = arrays(written / "train" / "valid.npz")["images"]
    np.testing.assert_array_equal(truth["images/1/pictures"], valid[: writing.REPORTED])


def test_the_nearest_is_that_of_the_largest_cosine() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(30, 7)).astype(np.float16), rng.normal(size=(50, 7)).astype(np.float16)
    cosines = [
        [float(x @ y) / float(np.linalg.norm(x) * np.linalg.norm(y)) for y in b.astype(float)]
        for x in a.astype(float)
    ]
    np.testing.assert_array_equal(writing.nearest(a, b), np.argmax(cosines, 1))


def test_photographs_of_flickr8k_keep_their_side_and_those_with_a_picture_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flickr, "MOST", 3)
    splits = ["train", "val", "test", "none"] * 10
    names = [f"{k}.jpg" for k in range(40)]
    listed = [
        {"file": n, "split": s, "captions": [f"Caption {c} of {n} ." for c in range(5)]}
        for n, s in zip(names, splits, strict=True)
    ]
    with gzip.open(tmp_path / flickr.FILES["captions"], "wt", encoding="utf-8") as file:
        json.dump(listed, file)
    order = names[::-1]
    features = np.array([[int(n.split(".")[0]), 1] for n in order], np.float16)
    np.savez(tmp_path / flickr.FILES["features"], features=features, names=order)
    pictures = []
    for k in range(20):
        Image.new("RGB", (8, 8), (10 * k, 0, 0)).save(buffer := io.BytesIO(), "PNG")
        pictures.append(buffer.getvalue())
    np.savez(tmp_path / flickr.FILES["pictures"], names=names[:20],
             jpeg=np.frombuffer(b"".join(pictures), np.uint8),
             offsets=np.cumsum([0, *map(len, pictures)]))  # fmt: skip

    sides = flickr.sides(tmp_path)
    for side, split in zip(sides, flickr.SIDES, strict=True):
        numbers = side.features[:, 0].astype(int).tolist()
        assert sorted(numbers) == [k for k, s in enumerate(splits) if s == split]
        assert [five[0] for five in side.captions] == [f"Caption 0 of {k}.jpg ." for k in numbers]
        assert len(side.images) == 3
        np.testing.assert_array_equal(side.images[:, 0, 0, 0], np.multiply(numbers[:3], 10))
