"""A step that reads names letter by letter, and what is made of it: how they are asked.

Sources named ASK run in the student's kernel. Whatever follows the letters that they hand over
stays with us: nobody there can look it up. Those named OBSERVE run where no student code does.
"""

from graders.checks import observe
from graders.metrics import sequences

PAD, START, TOKENS = 0, 1, 28
LONGEST = 14  # letters of a name
TEXT = "#^" + sequences.LETTERS

# --- how functions are asked ----------------------------------------------------------------------

ASK_MATRIX = """
def ask(function, names, max_len):
    names = names.split("\\n")
    return function(names, int(max_len)) if max_len else function(names)
"""

TENSORS = """
def ask(function, *case):
    import tensorflow as tf

    return function(*(tf.constant(value) for value in case))
"""

# Other functions in the places of the notebook's own, for as long as one is asked. What was
# compiled is run as it is written: it would remember the functions that it was compiled with.
STANDING_IN = """
import contextlib

import __main__
import numpy as np
import tensorflow as tf


def plain(function):
    return getattr(function, "python_function", function)


@contextlib.contextmanager
def standing_in(**ours):
    space = vars(__main__)
    theirs = {plain(space[name]): made for name, made in ours.items() if name in space}
    twins = dict(ours)
    for name, value in list(space.items()):
        if name in ours or not callable(value):
            continue
        written = plain(value)
        try:
            known = written in theirs
        except TypeError:
            continue
        if known or written is not value:
            twins[name] = theirs[written] if known else written
    kept = {name: space[name] for name in twins if name in space}
    space.update(twins)
    try:
        yield
    finally:
        for name in twins:
            space.pop(name, None)
        space.update(kept)
"""

_MADE_UP = """
def made_up(begin, read, carry, say):
    def initial_state(n):
        return tf.tile(tf.constant(begin)[None], (n, 1))

    def rnn_one_step(x_t, h_t):
        state = tf.tanh(tf.gather(tf.constant(read), x_t) + h_t @ tf.constant(carry))
        return tf.nn.softmax(state @ tf.constant(say)), state

    return {"initial_state": initial_state, "rnn_one_step": rnn_one_step}


def masked_loss(probs, answers):
    picked = tf.gather(probs, tf.cast(answers, tf.int32), batch_dims=2)
    place = tf.range(1, 1 + tf.shape(picked)[1])
    return 2 + tf.reduce_mean(tf.sinh(3 * picked) * tf.cast(place, picked.dtype))
"""


def ask_names_loss(*, made_up: bool) -> str:
    """Source that asks for the loss of rows read by a step of ours.

    Args:
        made_up: with a loss that we made up in the place of `masked_loss`, too: is the reading
            right, whatever is wrong with the other?
    """
    more = ", masked_loss=masked_loss" if made_up else ""
    return f"""{STANDING_IN}
{_MADE_UP}

def ask(function, rows, begin, read, carry, say):
    with standing_in(**made_up(begin, read, carry, say){more}):
        return plain(function)(tf.constant(rows))
"""


OWN_LOSS = """
def ask(function):
    import __main__
    import tensorflow as tf

    return function(tf.constant(vars(__main__)["valid_rows"]))
"""

# A step that is sure of what follows, by a table of what it has read: one text alone is right.
ASK_GENERATE = f"""{STANDING_IN}

def automaton(table):
    size = len(table)

    def initial_state(n):
        return tf.fill((n, 1), 3.0)

    def rnn_one_step(x_t, h_t):
        read = tf.cast(tf.reshape(x_t, (-1, 1)), tf.float32)
        state = tf.math.floormod(5 * h_t + 7 * read + 1, float(size))
        token = tf.gather(tf.constant(table), tf.cast(state[:, 0], tf.int32))
        return (1 - 2.8e-9) * tf.one_hot(token, {TOKENS}) + 1e-10, state

    return {{"initial_state": initial_state, "rnn_one_step": rnn_one_step}}


def ask(function, seed_phrase, max_length, temperature, table):
    with standing_in(**automaton(table)):
        return function(seed_phrase, max_length=int(max_length), temperature=float(temperature))
"""

# A step that always says the same: how often which token is drawn from it, as the first one? More
# than one letter is asked for: who miscounts them is charged where texts are compared.
ASK_TEMPERATURE = f"""{STANDING_IN}

def ask(function, probs, temperature, count):
    def initial_state(n):
        return tf.zeros((n, 1))

    def rnn_one_step(x_t, h_t):
        return tf.tile(tf.constant(probs)[None], (tf.shape(h_t)[0], 1)), h_t

    with standing_in(initial_state=initial_state, rnn_one_step=rnn_one_step):
        texts = [
            function("", max_length=3, temperature=float(temperature)) for _ in range(int(count))
        ]
    counts = np.zeros({TOKENS}, np.int64)
    for text in texts:
        first = text.lstrip("{TEXT[START]}")[:1]
        counts["{TEXT}".index(first) if first else {PAD}] += 1
    return counts
"""

# What it writes with the network that it has, and how that network rates it: for each text the
# sums of -ln p, of its mean and of its variance; once where a START within a name ends it, once
# where another token is drawn in its place: the task says nothing of that.
ASK_OWN = f"""
def ask(function, seed_phrase, count, temperature):
    import __main__
    import numpy as np
    import tensorflow as tf

    texts = [
        function(seed_phrase, max_length={LONGEST}, temperature=float(temperature))
        for _ in range(int(count))
    ]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("no text")
    texts = [text.replace("\\n", " ")[:100] for text in texts]
    space = vars(__main__)
    state = space["initial_state"](len(texts))
    read = np.full(len(texts), {START}, np.int32)
    going = np.ones(len(texts), bool)
    sums = np.zeros((6, len(texts)))
    for place in range({LONGEST}):
        probs, state = space["rnn_one_step"](tf.constant(read), state)
        next_ = np.array([
            max("{TEXT}".find(t[place]), 0) if place < len(t) else {PAD} for t in texts
        ])
        here = []
        for ends in (1, 0):
            p = np.array(probs, np.float64)
            p[:, {PAD}] += ends * p[:, {START}]
            p[:, {START}] = 0
            p = np.clip(p, 1e-12, 1) ** (1 / temperature)
            p /= p.sum(axis=1, keepdims=True)
            loss = -np.log(p)
            mean = (p * loss).sum(axis=1)
            spread = (p * loss**2).sum(axis=1) - mean**2
            here += [loss[np.arange(len(texts)), next_], mean, spread]
        if place >= len(seed_phrase):
            sums += np.where(going, np.stack(here), 0)
        going &= next_ != {PAD}
        read = next_.astype(np.int32)
    return "\\n".join(texts), sums
"""

_LAST = """
def last(function, start, rows, lengths):
    state, found = start(len(rows)), None
    for place in range(int(lengths.max())):
        probs, state = function(tf.constant(rows[:, place]), state)
        probs = np.asarray(probs, np.float32)
        if probs.ndim != 2 or len(probs) != len(rows):
            raise ValueError("not one row of probabilities for each name")
        found = probs if found is None else np.where((lengths - 1 == place)[:, None], probs, found)
    return found
"""

# Beginnings of names, token by token: what comes next by what was read, and by the same in
# another order.
ASK_STEP = f"""
import __main__
import numpy as np
import tensorflow as tf

{_LAST}

def ask(function, tokens, shuffled, lengths):
    start = vars(__main__)["initial_state"]
    return np.stack([last(function, start, rows, lengths) for rows in (tokens, shuffled)])
"""

# The same beginnings by their last token alone: read by a step that has read nothing before, and by
# one that has read START.
ASK_ALONE = f"""
import __main__
import numpy as np
import tensorflow as tf

{_LAST}

def ask(function, tokens, shuffled, lengths):
    start, n = vars(__main__)["initial_state"], len(tokens)
    rows = np.full((n, 2), {START}, tokens.dtype)
    rows[:, 1] = tokens[np.arange(n), lengths - 1]
    ways = (rows[:, 1:], rows)
    return np.stack([last(function, start, w, np.full(n, w.shape[1])) for w in ways])
"""

ASK_CONDITIONS = f"""
import __main__
import numpy as np
import tensorflow as tf

{_LAST}

def ask(function, tokens, others):
    start = vars(__main__)["initial_state"]
    rows, size = tokens.shape
    every = np.full(rows, size)
    state = start(rows)
    for place in range(size - 1):
        before = tuple(state.shape)
        _, state = function(tf.constant(tokens[:, place]), state)
        if tuple(state.shape) != before:
            raise ValueError("another shape")
    final = tf.constant(tokens[:, -1])
    said = [
        last(function, start, tokens, every),
        last(function, start, tokens, every),
        function(final, tf.gather(state, np.arange(rows)[::-1]))[0],
        function(tf.constant(others), state)[0],
    ]
    alone = last(function, start, tokens[:1], every[:1])
    return np.concatenate([*(np.asarray(s, np.float64) for s in said), alone])
"""

# Names that we draw ourselves, by the step: `luck` [n, LONGEST] in 0..1 decides.
ASK_DRAWN = f"""
def ask(function, luck):
    import __main__
    import numpy as np
    import tensorflow as tf

    state = vars(__main__)["initial_state"](len(luck))
    read, found = np.full(len(luck), {START}, np.int32), []
    for place in range(luck.shape[1]):
        probs, state = function(tf.constant(read), state)
        sums = np.cumsum(np.asarray(probs, np.float64), axis=1)
        if sums.shape != (len(luck), {TOKENS}):
            raise ValueError("not one row of probabilities for each name")
        drawn = (sums < luck[:, place : place + 1] * sums[:, -1:]).sum(axis=1)
        read = np.clip(drawn, 0, {TOKENS - 1}).astype(np.int32)
        found.append(read)
    return np.stack(found, axis=1)
"""

_MODEL = """
import numpy as np


def said(model, tokens, lengths):
    \"\"\"Next to the beginnings; and again, with other letters in the place of what follows.\"\"\"
    shape = getattr(model, "input_shape", None)  # classes of a notebook may have none
    width = (shape and shape[1]) or tokens.shape[1] - 1
    beyond = np.arange(tokens.shape[1]) >= lengths[:, None]
    letters = np.random.default_rng(5).integers(2, 28, tokens.shape)
    found = []
    for rows in (tokens, np.where(beyond, letters, tokens)):
        rows = np.pad(rows, ((0, 0), (0, max(0, width - rows.shape[1]))))[:, :width]
        probs = np.asarray(model.predict(rows.astype(np.int32), batch_size=500, verbose=0))
        if probs.ndim != 3 or probs.shape[:2] != rows.shape:
            raise ValueError("not one row of probabilities for each token")
        found.append(probs[np.arange(len(rows)), lengths - 1])
    return np.stack(found)
"""

ASK_MODEL = f"""{_MODEL}

def ask(model, tokens, shuffled, lengths):
    return said(model, tokens, lengths)
"""

OBSERVE_MODEL = f"""
{observe.LOAD}
{_MODEL}

def observe(file, tokens, shuffled, lengths):
    return said(load(file), tokens, lengths)
"""
