"""A network with a stored base: which of its weights were frozen, and are still the stored ones.

A model leaves the notebook as its architecture (JSON) and its weights, not as a `.keras` file: with
InceptionV3 that would be 88 MB, more than an answer may hold. Large ones travel in half precision.

Weight arrays are told by marks: their size and two sums with fixed random factors, of the values in
half precision. So no name has to be kept, a model may nest its base or spread it out, and the
host gets a table instead of weights (read by `stored_base`).
"""

from collections.abc import Iterable

import numpy as np

from graders.checks import compare, observe
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Refusal

_EXPORT = observe.model("any", variable="model", cases="images")[0].via  # for its `foreign`

_PACK = f"""
{_EXPORT}

LARGE = 24 * 2**20  # bytes


def smaller(weight):
    half = weight.astype("float16")
    return half if weight.dtype == "float32" and (abs(half) < 6e4).all() else weight


def packed(model):
    import io
    import json

    import keras
    import numpy as np

    told = json.loads(model.to_json())
    told.pop("compile_config", None)
    if foreign(told):
        raise TypeError("the notebook's own classes")
    weights = [np.asarray(w) for w in model.get_weights()]
    if sum(w.nbytes for w in weights) > LARGE:
        weights = [smaller(w) for w in weights]
    text = json.dumps(told)
    keras.models.model_from_json(text).set_weights(weights)  # or else it stays here
    file = io.BytesIO()
    parts = {{"w%d" % k: w for k, w in enumerate(weights)}}
    np.savez(file, told=np.frombuffer(text.encode(), np.uint8), **parts)
    return np.frombuffer(file.getvalue(), np.uint8)
"""

_OPEN = '''
import io
import json

import keras
import numpy as np
import tensorflow as tf


def opened(file):
    """The model that `packed` made these bytes of."""
    with np.load(io.BytesIO(np.asarray(file, np.uint8).tobytes()), allow_pickle=False) as parts:
        text = parts["told"].tobytes().decode()
        weights = [parts["w%d" % k].astype("float32") for k in range(len(parts.files) - 1)]
    model = keras.models.model_from_json(text)
    model.set_weights(weights)
    restore(model, json.loads(text)["config"])
    return model


def restore(model, told):
    """Frozen layers as they were: Keras gives all layers of a nested model the model's own flag."""
    by_name = {part["config"].get("name"): part["config"] for part in told.get("layers", [])}
    for layer in model.layers:
        config = by_name.get(layer.name, {})
        if isinstance(layer, keras.Model):
            restore(layer, config)
        elif "trainable" in config:
            layer.trainable = config["trainable"]
'''

_MARKS = '''
import numpy as np


def marks(weights, learns):
    """A row for each array: is it a batch statistic, does it learn, its size, two sums."""
    rows = []
    for weight in weights:
        values = np.ravel(np.asarray(weight)).astype("float16").astype("float64")
        factors = np.random.default_rng(values.size).normal(size=(2, values.size))
        statistic = str(getattr(weight, "path", "")).split("/")[-1].startswith("moving_")
        rows.append([statistic, id(weight) in learns, values.size, *(factors @ values)])
    return np.array(rows, dtype=float).reshape(-1, 5)


def look(model):
    return marks(model.weights, {id(w) for w in model.trainable_weights})
'''

PACK = f"{_PACK}\n\ndef ask(model):\n    return packed(model)\n"
LOOK_AT_FILE = f"{_OPEN}\n{_MARKS}\n\ndef observe(file, images):\n    return look(opened(file))\n"
LOOK_IN_KERNEL = f"{_MARKS}\n\ndef ask(model, images):\n    return look(model)\n"

# Of the stored base, as the notebook's own `make_base` reads it. Only the reference's answer
# counts. Last column: whether the array is of a layer that may learn.
STORED = f"""
{_MARKS}

def ask(function):
    base = function()
    name = function.__globals__["BASE"]["first_trainable"]
    first = [layer.name for layer in base.layers].index(name)
    late = {{id(w) for layer in base.layers[first:] for w in layer.weights}}
    rows = marks(base.weights, set())
    return np.column_stack([rows, [id(w) in late for w in base.weights]])
"""

_PREDICT = """
def predicted(model, images):
    import numpy as np
    import tensorflow as tf

    shapes = [getattr(part, "input_shape", None) for part in (model, *model.layers)]
    sides = [s[1] for s in shapes if isinstance(s, tuple) and len(s) == 4 and s[1]]
    size = sides[0] if sides else images.shape[1]
    found = []
    for start in range(0, len(images), 100):
        x = tf.image.resize(images[start : start + 100], (size, size)) / 127.5 - 1
        found.append(np.asarray(tf.cast(model(x, training=False), tf.float32)))
    return np.concatenate(found)
"""
PREDICT_FROM_FILE = f"""
{_OPEN}
{_PREDICT}

def observe(file, images):
    return predicted(opened(file), images)
"""
PREDICT_IN_KERNEL = f"{_PREDICT}\n\ndef ask(model, images):\n    return predicted(model, images)\n"

# --- models that a function builds on bases of ours ----------------------------------------------

_ARGUMENTS = "branches, blocks, cut, inside, classes, size, draw"

_BASES = f'''
import keras
import numpy as np
import tensorflow as tf


def block(x, k, branches):
    """Convolution, batch normalisation, ReLU; two of these side by side, or one."""
    layers, found = keras.layers, []
    for b in range(branches):
        name = "%d_%d" % (k, b)
        y = layers.Conv2D(6 + k, 3, padding="same", name="conv" + name, dtype="float32")(x)
        y = layers.BatchNormalization(momentum=0.8, name="norm" + name, dtype="float32")(y)
        found.append(layers.ReLU(name="relu" + name, dtype="float32")(y))
    if branches > 1:
        return layers.Concatenate(name="end%d" % k, dtype="float32")(found)
    return layers.MaxPooling2D(name="end%d" % k, dtype="float32")(found[0])


def made({_ARGUMENTS}):
    """A base with weights drawn from `draw`, and the name of its first layer that may learn."""
    x = pixels = keras.Input((size, size, 3), name="pixels")
    for k in range(blocks):
        x = block(x, k, branches)
    base = keras.Model(pixels, x, name="base")
    rng = np.random.default_rng(draw)
    weights = []
    for w in base.weights:
        drawn = rng.normal(0, 0.25, w.shape)
        weights.append(np.abs(drawn) + 0.5 if "variance" in w.path else drawn)
    base.set_weights(weights)
    return base, ("conv%d_0" % cut if inside else "end%d" % (cut - 1))


def late_layers(base, first):
    names = [layer.name for layer in base.layers]
    return base.layers[names.index(first):]


def facts(model, classes, values, statistic, late, kernel, size):
    """See `FACTS`. `values` and what is known of each: the base's arrays, before they were used."""
    images = np.random.default_rng(8).uniform(-1, 1, (12, size, size, 3)).astype("float32")
    out = np.asarray(tf.cast(model(images, training=False), tf.float32), dtype=float)
    rows = out.reshape(len(out), -1) if out.size else np.full((12, 1), np.nan)
    learns = {{id(w) for w in model.trainable_weights}}
    places = []
    for value in values:
        same = [
            w for w in model.weights
            if tuple(w.shape) == value.shape and np.array_equal(np.asarray(w), value)
        ]
        places.append(same[0] if same else None)
    here = [w is not None for w in places]
    flags = [w is not None and id(w) in learns for w in places]
    of_base = {{id(w) for w in places if w is not None}}
    model(images * 3 + 1, training=True)
    moved = sum(
        not np.array_equal(np.asarray(w), v)
        for w, v, s in zip(places, values, statistic) if s and w is not None
    )
    return np.array(
        [
            out.ndim == 2 and len(rows) == 12,
            rows.shape[1],
            rows.min(),
            np.abs(rows.sum(axis=1) - 1).max(),
            len(values) - sum(here),
            sum(f for f, s, l in zip(flags, statistic, late) if not s and not l),
            sum(k and l and not f for f, k, l in zip(flags, kernel, late)),
            moved,
            len(learns - of_base),
        ],
        dtype=float,
    )


def known(base, first):
    """The base's arrays, and of each: batch statistic, may learn, kernel of a convolution."""
    late = {{id(w) for layer in late_layers(base, first) for w in layer.weights}}
    return (
        [np.array(w) for w in base.weights],
        ["moving" in w.path for w in base.weights],
        [id(w) in late for w in base.weights],
        [w.path.endswith("kernel") for w in base.weights],
    )
'''

BUILD = f"""
{_BASES}
{_PACK}

def ask(function, {_ARGUMENTS}):
    base, first = made({_ARGUMENTS})
    return packed(function(base, classes, first))
"""

BUILD_IN_KERNEL = f"""
{_BASES}

def ask(function, {_ARGUMENTS}):
    base, first = made({_ARGUMENTS})
    told = known(base, first)
    return facts(function(base, classes, first), classes, *told, size)
"""

LOOK_AT_BUILT = f"""
{_OPEN}
{_BASES}

def observe(file, {_ARGUMENTS}):
    told = known(*made({_ARGUMENTS}))
    return facts(opened(file), classes, *told, size)
"""

FACTS = 9
_HALF_PRECISION = 2e-2  # how far rounded probabilities may sum from 1

BATCH_NORM, FREEZING = "base-takes-batch-statistics", "early-layers-not-frozen"
LEARNING, STORED_WEIGHTS = "late-layers-frozen", "base-weights-differ"
# In the order in which they are told. Of a model with several, the first counts as its problem.
_SLIPS = (
    BATCH_NORM,
    "built-no-probabilities",
    FREEZING,
    LEARNING,
    STORED_WEIGHTS,
    "head-does-not-learn",
    "built-other-outputs",
)


def slips_of(answers: Answers, cases: Cases) -> list[frozenset[Said]]:
    """Of each model that was built, what is wrong: some of `_SLIPS`, or why there is no model."""
    return [
        _slips(answer if isinstance(answer, Refusal) else compare.one(answer), int(case["classes"]))
        for answer, case in zip(answers, cases, strict=True)
    ]


def _slips(found: Array | Refusal, classes: int) -> frozenset[Said]:
    if isinstance(found, Refusal):
        return frozenset([found.why])
    if found.shape != (FACTS,):
        return frozenset([said("built-not-looked-at")])
    rows, outputs, lowest, off, lost, unfrozen, stuck, moved, head = found
    wrong = set()
    if not rows or outputs != classes:
        wrong.add("built-other-outputs")
    elif not (np.isfinite(lowest) and lowest >= 0 and off <= _HALF_PRECISION):
        wrong.add("built-no-probabilities")
    if not head > 0:
        wrong.add("head-does-not-learn")
    for slip, count in (
        (STORED_WEIGHTS, lost), (FREEZING, unfrozen), (LEARNING, stuck), (BATCH_NORM, moved),
    ):  # fmt: skip
        if count != 0:  # NaN is no count, either
            wrong.add(slip)
    return frozenset(map(said, wrong))


def in_order(slips: Iterable[Said]) -> list[Said]:
    """Slips in the order in which they are told; why there is no model comes alone."""
    return sorted(slips, key=lambda s: _SLIPS.index(s.code) if s.code in _SLIPS else -1)
