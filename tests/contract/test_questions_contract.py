"""Questions put to a kernel after the notebook has run, by every sandbox alike."""

import importlib.util
import json

import numpy as np
import pytest

from graders.core.types import Ending, Limits
from tests.sandbox_lab import Lab, ask

pytestmark = pytest.mark.nightly("sandboxes")

# Questions


def test_calls_get_fresh_inputs_and_report_what_they_altered(lab: Lab) -> None:
    seen = lab.run(
        "import numpy as np\n"
        "def double(x, k): x *= k; return x\n"
        "def pair(x): print('chatter'); return x.sum(), x\n"
        "def fails(x): raise ValueError('no')\n"
        "def nothing(x): x + 1\n"
        "def word(): return 'ж' * 3\n"
        "def fussy(k): return type(k).__name__",
        asks=(
            ask("double", "calls", "double", {"x": "a", "k": "two"}, {"x": "a", "k": "two"}),
            ask("pair", "calls", "pair", {"x": "a"}),
            ask("fails", "calls", "fails", {"x": "a"}),
            ask("nothing", "calls", "nothing", {"x": "a"}),
            ask("absent", "calls", "absent", {"x": "a"}, {"x": "a"}),
            ask("word", "calls", "word"),
            ask("fussy", "calls", "fussy", {"k": "two"}, {"k": "half"}),
        ),
        a=np.arange(3.0), two=2, half=0.5,
    )  # fmt: skip
    assert [(a["ask"], a["status"]) for a in seen.answers] == [
        ("double", "ok"), ("double", "ok"), ("pair", "ok"), ("fails", "raised"),
        ("nothing", "unusable"), ("absent", "missing"), ("absent", "missing"), ("word", "ok"),
        ("fussy", "ok"), ("fussy", "ok"),
    ]  # fmt: skip
    assert [a["changed"] for a in seen.answers[:3]] == [["x"], ["x"], []]
    assert seen.value("double", 1).tolist() == [0.0, 2.0, 4.0]
    assert seen.value("pair") == 3.0
    assert seen.value("pair", item=1).tolist() == [0.0, 1.0, 2.0]
    assert seen.answers[3]["detail"] == "ValueError: no"
    assert seen.value("word") == "жжж"
    assert [seen.value("fussy", k) for k in (0, 1)] == ["int", "float"]


def test_answers_that_a_busy_machine_holds_up_are_waited_for(lab: Lab) -> None:
    """Seconds may pass between the kernel's reply and an answer that it sent before that."""
    seen = lab.run(
        "import time\n"
        "thread = get_ipython().kernel.iopub_thread\n"
        "send, held = thread._really_send, []\n"
        "def late(message, *args, **more):\n"
        "    if any(b'ask_answer' in bytes(part) for part in message):\n"
        "        held.append(1)\n"
        "        time.sleep(7 if len(held) == 2 else 0)\n"
        "    return send(message, *args, **more)\n"
        "thread._really_send = late\n"
        "def double(k): return 2 * k",
        asks=(ask("double", "calls", "double", {"k": "two"}, {"k": "three"}),),
        two=2, three=3,
    )  # fmt: skip
    assert [a["status"] for a in seen.answers] == ["ok", "ok"]
    assert [seen.value("double", k) for k in (0, 1)] == [4, 6]


@pytest.mark.nightly("engines")
def test_a_notebook_that_withholds_its_answers_holds_up_nobody_for_long(lab: Lab) -> None:
    """It is waited for once."""
    asks = tuple(ask(f"q{k}", "calls", "double", {"k": "two"}) for k in range(3))
    seen = lab.run(
        "thread = get_ipython().kernel.iopub_thread\n"
        "def double(k):\n"
        "    thread._really_send = lambda *args, **more: None\n"
        "    return 2 * k",
        asks=asks, two=2,
    )  # fmt: skip
    assert [a["status"] for a in seen.answers] == ["skipped"] * 3
    assert seen.execution.wall_s < 50


def test_a_rerun_replaces_names_and_leaves_the_original_alone(lab: Lab) -> None:
    seen = lab.run(
        "import numpy as np\nX = np.ones(2); log = np.zeros(3)\ndef gain(x): return x.sum()",
        "def draw(*a): raise RuntimeError('drawing')",
        "%matplotlib inline\nloss = [gain(X) * k for k in range(3)]\nlog += 1\nmy_w = X * 2\n"
        "if X[0] > 1: draw(X)",
        asks=(
            ask("again", "rerun", "c2", {"X": "b"}, {"X": "b", "gain": "source"},
                gives=[["loss"], ["w", "my_w"], ["nowhere"]], silence=["draw"]),
            ask("log", "variable", "log"),
            ask("gone", "rerun", "no_cell", {"X": "b"}, gives=[["loss"]]),
        ),
        b=np.full(2, 3.0), source="import numpy as np\ndef gain(x):\n    return np.float64(10.0)",
    )  # fmt: skip
    assert [a["status"] for a in seen.answers] == ["ok", "ok", "ok", "missing"]
    assert seen.value("again", 0).tolist() == [0.0, 6.0, 12.0]
    assert seen.value("again", 1).tolist() == [0.0, 10.0, 20.0]
    assert seen.value("again", 0, 1).tolist() == [6.0, 6.0]
    assert "unusable" in seen.answers[0]["items"][2]
    assert seen.value("log").tolist() == [1.0, 1.0, 1.0]


SEEN_FROM = {
    "a method": "class Data:\n    def total(self): return X.sum()\nlook = Data().total",
    "a decorated helper": "def noted(f): return lambda: f()\n@noted\ndef look(): return X.sum()",
    "a helper in a dict": "def total(): return X.sum()\nkept = {'f': total}\ndel total\n"
    "look = lambda: kept['f']()",
    "a partial": "import functools\nlook = functools.partial(lambda k: k * X.sum(), 1.0)",
}


@pytest.mark.parametrize("helper", SEEN_FROM.values(), ids=SEEN_FROM)
def test_what_a_rerun_replaces_is_seen_from_everywhere(lab: Lab, helper: str) -> None:
    seen = lab.run(
        f"import numpy as np\nX = np.ones(2)\n{helper}",
        "loss = [look(), X.sum()]",
        asks=(ask("again", "rerun", "c1", {"X": "b"}, gives=[["loss"]]),),
        b=np.full(2, 3.0),
    )
    assert seen.value("again").tolist() == [6.0, 6.0]


@pytest.mark.parametrize("magic", ["%%time", "%%capture", "%%capture said"])
def test_a_rerun_of_a_cell_under_a_magic_is_one_of_the_cell(lab: Lab, magic: str) -> None:
    seen = lab.run(
        "import numpy as np\nX = np.ones(2)",
        f"{magic}\nloss = X * 2\nX = None\nmore = 1.0\nloss",
        "X = np.zeros(2)",
        asks=(
            ask("again", "rerun", "c1", {"X": "b"}, {"X": "c"}, gives=[["loss"]]),
            ask("since", "rerun", "c1", {"X": "b"}, gives=[["more"]]),
            ask("now", "calls", "np.array"),
        ),
        b=np.full(2, 3.0), c=np.full(2, 4.0),
    )  # fmt: skip
    assert [a["status"] for a in seen.answers] == ["ok", "ok", "ok", "missing"]
    assert seen.value("again", 0).tolist() == [6.0, 6.0]
    assert seen.value("again", 1).tolist() == [8.0, 8.0]


def test_nothing_that_a_rerun_leaves_behind_reaches_a_later_question(lab: Lab) -> None:
    """Not where it raises, either, nor what it deletes, or alters in place."""
    seen = lab.run(
        "import numpy as np\nX = np.ones(2); log = []; kept = {}; total = np.zeros(2)\nends = 0\n"
        "def gain(): return X.sum()\ngain.calls = 0\n"
        "def told(): return [X.sum(), len(log), len(kept), total.sum(), gain.calls, gain(),\n"
        "                    'extra' in globals(), 'made_up' in globals()]",
        "loss = X * gain()\nlog.append(1); kept[0] = 1; total += X; gain.calls += 1; extra = 1\n"
        "def gain(): return 7.0\n"
        "del X\nif ends: raise ValueError\n",
        "X = np.ones(2); log = []; kept = {}; total = np.zeros(2); del extra\n"
        "def gain(): return X.sum()\ngain.calls = 0",
        asks=(
            ask("again", "rerun", "c1", {"X": "b"}, {"X": "b", "ends": "one", "gain": "source"},
                {"X": "b"}, gives=[["loss"]]),
            ask("told", "calls", "told"),
        ),
        b=np.full(2, 3.0), one=1, source="def gain(): return 5.0\nmade_up = 1",
    )  # fmt: skip
    assert [a["status"] for a in seen.answers] == ["ok", "raised", "ok", "ok"]
    assert seen.value("again", 0).tolist() == seen.value("again", 2).tolist() == [18.0, 18.0]
    assert seen.value("told").tolist() == [2.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0]


def test_a_function_is_called_among_made_up_ones_however_it_was_made(lab: Lab) -> None:
    seen = lab.run(
        "import functools\n"
        "def noted(f):\n    @functools.wraps(f)\n    def g(*a): return f(*a)\n    return g\n"
        "def inner(x): return 'mine'\n"
        "@noted\ndef decorated(x): return inner(x)\n"
        "class Way:\n    def __call__(self, x): return inner(x)\nway = Way()\n"
        "def now(): return inner(1)",
        asks=(
            ask("decorated", "calls", "decorated", {"x": "two", "inner": "source"}),
            ask("way", "calls", "way", {"x": "two", "inner": "source"}),
            ask("now", "calls", "now"),
        ),
        two=2, source="def inner(x):\n    return 10.0 * x",
    )  # fmt: skip
    assert [seen.value(name) for name in ("decorated", "way", "now")] == [20.0, 20.0, "mine"]


def test_calls_that_hang_or_die_cost_only_their_own_question(lab: Lab) -> None:
    seen = lab.run(
        "import os\ndef hang(k):\n    while k: pass\n    return 1.0\ndef die(): os._exit(0)\n"
        "import signal\ndef deaf():\n    signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "    while True: pass",
        "def good(): return 5.0",
        asks=(
            ask("hang", "calls", "hang", {"k": "no"}, {"k": "yes"}, {"k": "no"}),
            ask("die", "calls", "die", {}, {}),
            ask("deaf", "calls", "deaf", {}, {}),
            ask("good", "calls", "good"),
        ),
        limits=Limits(cell_s=1), yes=1, no=0,
    )  # fmt: skip
    assert [a["status"] for a in seen.answers] == [
        "ok", "time limit", "ok", "died", "skipped", "time limit", "skipped", "ok",
    ]  # fmt: skip
    assert seen.value("good") == 5.0
    assert seen.ending is Ending.KERNEL_DIED


def test_patched_libraries_and_hostile_objects_cannot_stop_the_questions(lab: Lab) -> None:
    seen = lab.run(
        """
        import builtins, io, json, sys, numpy as np
        get_ipython().ast_transformers.clear()
        get_ipython().input_transformers_post.append(lambda lines: ['raise SystemExit'])
        """,
        """
        """,
        asks=(ask("f", "calls", "f", {"x": "a"}),),
        a=np.ones(2),
    )
    assert seen.answers[0]["status"] == "missing"

    seen = lab.run(
        """
        import builtins, io, json, numpy as np, numpy
        class Liar:
            def __array__(self, *a, **k): raise KeyboardInterrupt
            def __eq__(self, other): return True
        class Error(Exception):
            def __str__(self): raise SystemExit
        def liar(): return Liar()
        def wide(): return np.ndarray((10**5, 10**5), float, bytes(8), 0, (0, 0))
        def huge(): return 10**400
        def nan(): return float('nan')
        def text(): return 'x' * 10**7
        def objects(): return np.array([object()], dtype=object)
        def angry(): raise Error
        def many(): return tuple(range(1000))
        def fine(x): return x + 1
        np.save = numpy.asarray = np.lib.format.write_array = builtins.print = None
        io.BytesIO = None
        """,
        asks=(
            *(ask(n, "calls", n) for n in
              ("liar", "wide", "huge", "nan", "text", "objects", "angry", "many")),
            ask("fine", "calls", "fine", {"x": "a"}),
        ),
        a=np.ones(2),
    )  # fmt: skip
    assert {a["ask"]: a["status"] for a in seen.answers} == {
        "liar": "time limit", "wide": "unusable", "huge": "unusable", "nan": "ok",
        "text": "unusable", "objects": "unusable", "angry": "raised", "many": "unusable",
        "fine": "ok",
    }  # fmt: skip
    assert np.isnan(seen.value("nan"))
    assert seen.value("fine").tolist() == [2.0, 2.0]


def test_names_that_are_watched_are_told(lab: Lab) -> None:
    seen = lab.run("def f(): pass\nx = 1.5", watch=("f", "x", "y"))

    said = json.loads((seen.execution.outputs / "ending.json").read_text())
    assert said["names"] == {"f": "function", "x": "float", "y": None}


def test_a_way_of_ours_may_stand_between_a_case_and_a_function(lab: Lab) -> None:
    seen = lab.run(
        "class Model:\n    def __call__(self): return 1\n"
        "    def scaled(self, x, by): return x * by\n"
        "model = Model()\ndef ask(*a): return 'mine'",
        asks=(
            ask("way", "calls", "model", {"x": "a", "how": "text"},
                via="def ask(model, x, how):\n    return model.scaled(x, 2.0), how"),
            ask("none", "calls", "nothing", {"x": "a"}, via="def ask(f, x): return 1.0"),
        ),
        a=np.arange(3.0), text="as text",
    )  # fmt: skip
    assert [a["status"] for a in seen.answers] == ["ok", "missing"]
    assert seen.value("way").tolist() == [0.0, 2.0, 4.0]
    assert seen.answers[0]["items"][1] == {"text": "as text"}


def test_a_question_is_spared_once_a_better_one_is_answered(lab: Lab) -> None:
    seen = lab.run(
        "def f(): return 1.0\ndef bad(): raise ValueError\ndef seen(x): return x",
        asks=(
            ask("first", "calls", "f"),
            ask("second", "calls", "seen", {"x": "a"}, {"x": "a"}, unless="first"),
            ask("third", "calls", "bad"),
            ask("fourth", "calls", "seen", {"x": "a"}, unless="third"),
        ),
        a=np.ones(2),
    )
    statuses = [a["status"] for a in seen.answers]
    assert statuses == ["ok", "not asked", "not asked", "raised", "ok"]


def test_short_floats_of_machine_learning_arrive_as_numbers(lab: Lab) -> None:
    if lab.sandbox.name == "local" and importlib.util.find_spec("ml_dtypes") is None:
        pytest.skip("the local sandbox has no ml_dtypes, which comes with TensorFlow")
    seen = lab.run(
        "import ml_dtypes, numpy as np\n"
        "def half(): return np.array([0.5, 2.0], dtype=ml_dtypes.bfloat16)",
        asks=(ask("half", "calls", "half"),),
    )
    assert seen.value("half").tolist() == [0.5, 2.0]
