"""A decoder of captions: how it leaves the notebook, what it is made of, and one step of it.

A decoder takes features [n, d] and tokens [n, T] and gives logits [n, T, V]: at each place, of the
word that follows. Sources named EXPORT and ASK run in the student's kernel and hold no secret;
those named LOOK and OBSERVE run in a sandbox without student code. No judge here raises whatever
the answers hold.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from graders.checks import compare, observe
from graders.checks.observe import AMONG
from graders.checks.vocabulary import PAD, START, UNK
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Cases, Finding, Items, Refusal

_EXPORT = observe.model("made", variable="made", cases="images")[0].via

# --- decoders that were just made ----------------------------------------------------------------

_LOOK = '''
import numpy as np
import tensorflow as tf


def numbers(model, features, tokens):
    given = [tf.constant(features, tf.float32), tf.constant(tokens, tf.int32)]
    return np.asarray(tf.cast(model(given, training=False), tf.float32), np.float64)


def most(a, b):
    """By how much each row differs at most."""
    return np.abs(a - b).reshape(len(a), -1).max(axis=1)


def look(model, features, tokens, words):
    """What `FACTS` names: other images, later and earlier words, and what logits are like."""
    n, length = tokens.shape
    near = numbers(model, features, tokens)
    if near.shape != (n, length, words):
        return np.array([model.count_params(), 0, 1, 0, 0, 0, 0, 0], np.float64)
    again = numbers(model, features, tokens)
    cut = length // 2
    later, first = tokens.copy(), tokens.copy()
    later[:, cut:] = (later[:, cut:] + 1) % words
    first[:, 0] = (first[:, 0] + 1) % words
    spread = max(float(near.std()), 1e-12)
    ahead = most(numbers(model, features, later)[:, :cut], near[:, :cut]).max() / spread
    short = most(numbers(model, features, tokens[:, :cut]), near[:, :cut]).max() / spread
    image = most(numbers(model, np.roll(features, 1, axis=0), tokens), near).min() / spread
    before = most(numbers(model, features, first)[:, 2:], near[:, 2:]).min() / spread
    sums = near.min() >= 0 and np.abs(near.sum(axis=2) - 1).max() < 1e-3
    return np.array(
        [
            model.count_params(),
            1,
            np.isfinite(near).all(),
            image,
            max(ahead, short),
            before,
            sums,
            most(near, again).max() / spread < 1e-4,
        ],
        np.float64,
    )
'''

_CASE = "features, tokens, words"
_MADE = "function(int(features.shape[1]), int(words))"

EXPORT_MADE = f"""
{_EXPORT}

export = ask


def ask(function, {_CASE}):
    return export({_MADE})
"""

ASK_MADE = f"""
{_LOOK}

def ask(function, {_CASE}):
    return look({_MADE}, features, tokens, int(words))
"""

LOOK_AT_MADE = f"""
{observe.LOAD}

{_LOOK}

def observe(file, {_CASE}):
    return look(load(file), features, tokens, int(words))
"""

FACTS = ("parameters", "shape", "finite", "image", "ahead", "before", "probabilities", "same")
_NOTHING = 1e-6  # of the logits' spread: below it, nothing has changed
_ROUNDED = 1e-3  # what another order of sums may change in half precision


def problem(facts: Items | Refusal, parameters: int) -> Said | None:
    """What speaks against a new decoder, or None.

    Args:
        facts: what `look` found.
        parameters: the most.
    """
    found = compare.one(facts)
    if isinstance(found, Refusal):
        return said("decoder-not-looked-at-because", why=found.why)
    if found.shape != (len(FACTS),):
        return said("decoder-not-looked-at")
    size, right, finite, image, ahead, before, sums, same = found.tolist()
    if not right:
        return said("no-logit-for-each-word")
    if size > parameters:
        return said("too-many-parameters", n=size, most=parameters)
    if not finite or not np.isfinite(found).all():
        return said("not-finite", what=said("its-output"))
    if ahead > _ROUNDED:
        return said("sees-later-words")
    if image <= _NOTHING:
        return said("image-changes-nothing")
    if before <= _NOTHING:
        return said("last-word-alone")
    if sums:
        return said("probabilities-not-logits")
    return None if same else said("other-logits-next-time")


# --- the trained one -----------------------------------------------------------------------------

# The words that a notebook knows, with their indices: read before any unseen input is shown.
ASK_KNOWN = """
import json


def ask(_):
    import __main__

    pairs = vars(__main__)["vocab"].items()
    return json.dumps([[str(word), int(index)] for word, index in pairs])
"""

# One answer holds both: eight bytes that say how long the vocabulary is, it, and the model's file.
EXPORT_TRAINED = f"""
{_EXPORT}

export = ask
{ASK_KNOWN}
known = ask


def ask(decoder):
    words, file = np.frombuffer(known(None).encode(), np.uint8), export(decoder)
    length = np.frombuffer(np.array([len(words)], "<i8").tobytes(), np.uint8)
    return np.concatenate([length, words, file])


import numpy as np
"""

# The word that follows is in no argument: each question shows what comes before it, and no more.
_SAY = f'''
import json

import numpy as np

MOST = 6e4  # the largest float16 is 65,504


def said(decoder, vocab, features, prefixes):
    """Logarithms of probabilities [n, V] but for a constant of each row, as float16."""
    rows = [[vocab["{START}"]] + [vocab.get(w, vocab["{UNK}"]) for w in text.split()]
            for text in prefixes.split("\\n")[: len(features)]]
    length = max(map(len, rows))
    tokens = np.full((len(rows), length), vocab["{PAD}"], np.int32)
    for k, row in enumerate(rows):
        tokens[k, : len(row)] = row
    last = np.array([len(row) - 1 for row in rows])
    found = []
    for k in range(0, len(rows), 250):
        given = [features[k : k + 250].astype("float32"), tokens[k : k + 250]]
        out = np.asarray(decoder.predict(given, batch_size=250, verbose=0), np.float32)
        here = last[k : k + 250]
        found.append(out[np.arange(len(here)), here])
    logits = np.concatenate(found)
    if logits.min() >= 0 and np.abs(logits.sum(axis=1) - 1).max() < 2e-2:
        logits = np.log(np.maximum(logits, 1e-9))
    return np.maximum(logits - logits.max(axis=1, keepdims=True), -MOST).astype(np.float16)
'''

OBSERVE_WORDS = f"""
{observe.LOAD}

{_SAY}

def observe(files, features, prefixes):
    files = np.asarray(files, np.uint8)
    end = 8 + int(np.frombuffer(files[:8].tobytes(), "<i8")[0])
    vocab = dict(json.loads(files[8:end].tobytes().decode()))
    return said(load(files[end:]), vocab, features, prefixes)
"""

ASK_WORDS = f"""
{_SAY}

def ask(decoder, features, prefixes):
    import __main__

    return said(decoder, dict(vars(__main__)["vocab"]), features, prefixes)
"""

# The loss of the validation captions as the notebook finds it: by its own `masked_loss`, all words
# of some pictures in one row, so that there is no padding.
OWN_LOSS = """
def ask(function):
    import __main__
    import numpy as np
    import tensorflow as tf

    space = vars(__main__)
    pad, features = space["vocab"]["#PAD#"], space["valid_features"]
    pairs = [(k, c) for k, captions in enumerate(space["valid_indexed"]) for c in captions]
    longest = max(len(caption) for _, caption in pairs)
    total = words = 0
    for begin in range(0, len(pairs), 250):
        part = pairs[begin : begin + 250]
        tokens = np.array([caption + [-1] * (longest - len(caption)) for _, caption in part])
        reads, targets = np.where(tokens < 0, pad, tokens)[:, :-1], tokens[:, 1:]
        given = [features[[k for k, _ in part]], reads.astype(np.int32)]
        said = np.asarray(space["decoder"].predict(given, verbose=0))[targets >= 0]
        row = targets[targets >= 0]
        logits = tf.constant(said[None], tf.float32)
        total += len(row) * float(function(logits, tf.constant(row[None]), pad))
        words += len(row)
    return total / words
"""

# --- one step ------------------------------------------------------------------------------------

# A small decoder of ours: what it says at a place hangs on the word there and on the image.
_SMALL = """
import keras
import numpy as np
import tensorflow as tf


def small(embedding, kernel, out):
    features, tokens = keras.Input((kernel.shape[0],)), keras.Input((None,), dtype="int32")
    words = keras.layers.Embedding(*embedding.shape, name="words")(tokens)
    image = keras.layers.Dense(kernel.shape[1], use_bias=False, name="image")(features)
    image = keras.layers.Reshape((1, kernel.shape[1]))(image)
    both = keras.layers.Activation("tanh")(keras.layers.Add()([words, image]))
    logits = keras.layers.Dense(out.shape[1], use_bias=False, name="out")(both)
    decoder = keras.Model([features, tokens], logits)
    for name, value in (("words", embedding), ("image", kernel), ("out", out)):
        decoder.get_layer(name).set_weights([value])
    return decoder


def made_up_loss(logits, targets, pad_idx):
    chosen = tf.gather(logits, tf.cast(targets, tf.int32), batch_dims=2)
    return 2 + tf.reduce_mean(tf.sinh(chosen / 3) + tf.tanh(logits[..., 0]))


def stepped(function, features, tokens, pad_idx, rate, embedding, kernel, out):
    decoder = small(embedding, kernel, out)
    optimizer = keras.optimizers.SGD(float(rate))
    optimizer.build(decoder.trainable_weights)
    given = tf.constant(features), tf.constant(tokens, tf.int32)
    loss = function(decoder, optimizer, *given, int(pad_idx))
    return loss, *(decoder.get_layer(name).get_weights()[0] for name in ("words", "image", "out"))
"""

_STEP = "features, tokens, pad_idx, rate, embedding, kernel, out"
_WEIGHTS = ("embedding", "kernel", "out")


def ask_step(*, made_up: bool) -> str:
    """Source that puts `train_step` to a small decoder of ours.

    Args:
        made_up: with a loss that we made up, instead of the student's.
    """
    which = "among(function, masked_loss=made_up_loss)" if made_up else "function"
    return (
        f"{_SMALL}\n{AMONG}\n\ndef ask(function, {_STEP}):\n    return stepped({which}, {_STEP})\n"
    )


# `pad_idx` is a plain number; logits and targets are tensors.
LOSS = """
def ask(function, logits, targets, pad_idx):
    import tensorflow as tf

    return function(tf.constant(logits), tf.constant(targets, tf.int32), int(pad_idx))
"""


def better_step(
    cases: Cases, own: tuple[Answers, Answers], rule: tuple[Answers, Answers]
) -> Finding:
    """The better of a step with the student's own loss and one with a made-up one.

    Args:
        own, rule: answers and the reference's; the answers of `rule` may be ().
    """
    found = []
    for answers, key in (own, rule):
        if answers:
            trios = zip(answers, key, cases, strict=True)
            found.append(compare.judged([_stepped(a, k, c) for a, k, c in trios]))
    return max(found, key=lambda f: f.credit)


def _stepped(answer: Items | Refusal, key: Items | Refusal, case: Mapping[str, Any]) -> Said | None:
    if isinstance(answer, Refusal):
        return answer.why
    if isinstance(key, Refusal) or len(key) != 1 + len(_WEIGHTS):
        raise TypeError("the reference gave no step")
    if len(answer) != len(key):
        return said("returns-no-one-loss")
    moves: list[tuple[Array, Array]] = []
    for place, name in enumerate(_WEIGHTS, start=1):
        start = np.asarray(case[name], np.float64)
        found, right = compare.one((answer[place],)), compare.one((key[place],))
        if isinstance(found, Refusal) or isinstance(right, Refusal) or found.shape != start.shape:
            return said("weights-not-read")
        moves.append((np.ravel(found - start), np.ravel(right - start)))
    mine, wanted = (np.concatenate(parts) for parts in zip(*moves, strict=True))
    if not mine.any():
        return said("weights-still")
    wrong = compare.problem(mine, wanted, 1e-2, what=said("it"))
    if wrong is not None:
        return compare.about(said("move-of-the-weights"), wrong)
    wrong = compare.problem(compare.one(answer[:1]), compare.one(key[:1]), 1e-2)
    return None if wrong is None else compare.about(said("returned-loss"), wrong)


def loss_problem(answer: Items | Refusal, case: Mapping[str, Any]) -> Said | None:
    """What is wrong with a masked loss, by its definition."""
    found = compare.one(answer)
    if not isinstance(found, Refusal) and found.size != 1:
        return said("not-one-number")
    losses, real = _losses(case)
    right = float(losses[real].mean())
    wrong = compare.problem(found, np.asarray(right), 1e-3)
    if wrong is None or isinstance(found, Refusal):
        return wrong
    value = float(np.reshape(found, ()))
    other = {
        "padding-counts": float(losses.mean()),
        "divided-by-all-places": float(losses[real].sum() / losses.size),
        "sum-for-mean": float(losses[real].sum()),
        "captions-count-alike": float(
            np.mean([row[mask].mean() for row, mask in zip(losses, real, strict=True)])
        ),
    }
    for code, number in other.items():
        if np.isclose(value, number, rtol=1e-3):
            return said(code)
    return wrong


def _losses(case: Mapping[str, Any]) -> tuple[Array, Array]:
    """Cross-entropy of every place [n, T], and which of them are no padding."""
    logits = np.asarray(case["logits"], np.float64)
    targets = np.asarray(case["targets"], np.int64)
    top = logits.max(axis=2)
    sums = np.log(np.exp(logits - top[..., None]).sum(axis=2)) + top
    chosen = np.take_along_axis(logits, targets[..., None], axis=2)[..., 0]
    return sums - chosen, targets != int(case["pad_idx"])
