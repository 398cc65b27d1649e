"""Questions whose answers rest on what we put in ourselves."""

from graders.core.rubric import Ask, Observation


def calls(
    name: str,
    *,
    function: str | None = None,
    cases: str | None = None,
    via: str = "",
    unless: str = "",
) -> Ask:
    """Call a function of the student's once per unseen case.

    Args:
        name: of the evidence.
        function: what to call; the evidence's name by default.
        cases: key of the notebook's unseen inputs; the evidence's name by default.
        via: source of `ask(function, *case)`, where the case has to be put in another way: as
            tensors, say, or with a network of ours. It runs in the student's process.
        unless: the question that makes this one needless, once it is answered.
    """
    return Ask(name, "calls", (function or name,), cases or name, via=via, unless=unless)


def model(
    name: str, *, variable: str, cases: str, prepared: str = "images"
) -> tuple[Ask, Ask, Observation]:
    """A Keras model's outputs for unseen inputs, found in a sandbox without student code.

    The model leaves the notebook's kernel as a file. One that Keras cannot build without the
    notebook's own classes stays there, and is asked there instead.

    Args:
        name: of the observation; `<name>_file` and `<name>_in_kernel` are the questions.
        variable: that holds the model.
        cases: key of the unseen inputs, whose one argument is `images`.
        prepared: Python expression of `images` that gives what the model takes.

    Returns:
        Two questions and an observation; its answers are arrays [n, ...] of float.
    """
    predict = f"x = {prepared}\n    return model.predict(x, batch_size=250, verbose=0)\n"
    return (
        Ask(f"{name}_file", "calls", (variable,), via=_EXPORT),
        Ask(
            f"{name}_in_kernel", "calls", (variable,), cases,
            via=f"def ask(model, images):\n    {predict}", unless=f"{name}_file",
        ),
        Observation(
            name,
            f"{LOAD}\n\ndef observe(file, images):\n    model = load(file)\n    {predict}",
            f"{name}_file", cases, f"{name}_in_kernel",
        ),
    )  # fmt: skip


# Refuses what a fresh process could not build: classes and functions that are not Keras' own.
_EXPORT = """
def foreign(config):
    if isinstance(config, dict):
        module, kind = config.get("module"), str(config.get("class_name"))
        if "module" in config and not str(module).startswith("keras"):
            return True
        if kind == "__lambda__" or ">" in str(config.get("registered_name")):
            return True
        return any(map(foreign, config.values()))
    return isinstance(config, (list, tuple)) and any(map(foreign, config))


def ask(model):
    import json, os, tempfile
    import keras
    import numpy as np

    if foreign(json.loads(model.to_json())):
        raise TypeError("the notebook's own classes")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        keras.saving.load_model(path, compile=False, safe_mode=True)
        return np.fromfile(path, dtype=np.uint8)
"""

# For the source of an observation: `load(file)` gives the model in the bytes of a `.keras` file.
LOAD = """
import os
import tempfile

import keras


def load(file):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        file.tofile(path)
        return keras.saving.load_model(path, compile=False, safe_mode=True)
"""


def rerun(
    name: str,
    *,
    cell: str,
    cases: str,
    gives: tuple[tuple[str, ...], ...],
    silence: tuple[str, ...] = (),
) -> Ask:
    """Run an answer cell's own source again, with some of the names it reads replaced.

    Args:
        name: of the evidence.
        cell: grade_id of the answer cell.
        cases: key of the unseen inputs: what replaces which name.
        gives: variables to look at afterwards; each a tuple of alternative names.
        silence: plotting helpers that are replaced by a function that does nothing.
    """
    return Ask(name, "rerun", (cell,), cases, gives, silence)


# A function among made-up ones: is it right, whatever is wrong with those that it calls?
AMONG = """
import types


def among(function, **made_up):
    function = getattr(function, "python_function", function)
    theirs = function.__globals__
    mine = {**theirs, **made_up}

    def moved(old):
        new = types.FunctionType(
            old.__code__, mine, old.__name__, old.__defaults__, old.__closure__
        )
        new.__kwdefaults__ = old.__kwdefaults__
        return new

    for name, value in theirs.items():
        if type(value) is types.FunctionType and value.__globals__ is theirs:
            if name not in made_up:
                mine[name] = moved(value)
    return moved(function)
"""
