"""What notebooks of this field import beside what the course needs works in the sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.core.types import Ending, Limits
from graders.sandboxes.docker import DockerSandbox
from tests.engine import needs_engine
from tests.sandbox_lab import Lab, Seen

pytestmark = [needs_engine, pytest.mark.nightly("engines")]
# Those of a notebook that trains, and its folder for files.
LIMITS = Limits(cell_s=60, wall_s=180, cpu_s=180, memory_mib=3072)
PICTURE = "image/png"
# Each as students write it, and what must be seen of it: a kind of output, or a text.
CELLS = {
    "seaborn": (
        """
        import seaborn as sns, pandas as pd, matplotlib.pyplot as plt
        sns.set_theme()
        losses = pd.DataFrame({"epoch": [0, 1, 2, 0, 1, 2], "loss": [3.0, 2, 1, 3, 2.5, 2],
                               "model": ["mlp"] * 3 + ["cnn"] * 3})
        sns.lineplot(data=losses, x="epoch", y="loss", hue="model")
        plt.show()
        """,
        PICTURE,
    ),
    "a heat map": (
        "sns.heatmap([[5, 1], [2, 7]], annot=True, fmt='d', cmap='Blues'); plt.show()", PICTURE,
    ),
    "a pandas table": ("losses.groupby('model').describe()", "text/html"),
    "tqdm's notebook bar": (
        """
        from tqdm.notebook import tqdm, trange
        for epoch in trange(2, desc="epochs"):
            for batch in tqdm(range(3), leave=False):
                pass
        """,
        "application/vnd.jupyter.widget-view+json",
    ),
    "tqdm's automatic bar": (
        """
        from tqdm.auto import tqdm
        bar = tqdm(total=3)
        for step in range(3):
            bar.set_postfix(loss=0.5)
            bar.update()
        bar.close()
        """,
        "application/vnd.jupyter.widget-view+json",
    ),
    "a slider": (
        """
        import ipywidgets as widgets
        from IPython.display import display
        display(widgets.IntSlider(value=3, max=10))
        widgets.interact(lambda k: k + 1, k=(0, 10));
        """,
        "application/vnd.jupyter.widget-view+json",
    ),
    "networkx": (
        """
        import networkx as nx
        nx.draw(nx.path_graph(4), with_labels=True); plt.show()
        print(nx.nx_pydot.to_pydot(nx.path_graph(2)).get_type())
        """,
        PICTURE,
    ),
    "graphviz": (
        """
        import graphviz
        net = graphviz.Digraph()
        net.edge("x", "y")
        len(net.pipe(format="png")) > 1000, net.render("net", format="png")
        """,
        "(True, 'net.png')",
    ),
    "a graph shown": ("net", "image/svg+xml"),
    "a split": (
        """
        from sklearn.model_selection import train_test_split
        from sklearn.metrics import classification_report
        a, b = train_test_split(list(range(10)), test_size=0.2, random_state=0)
        print(len(a), len(b), classification_report([0, 1], [0, 1], output_dict=True)["accuracy"])
        """,
        "8 2 1.0",
    ),
    "pytest": (
        """
        import pytest
        with pytest.raises(ZeroDivisionError):
            1 / 0
        print(2.0 == pytest.approx(2.0000001))
        """,
        "True",
    ),
    "plot_model": (
        """
        model = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(2)])
        tf.keras.utils.plot_model(model, show_shapes=True, show_layer_names=True)
        """,
        PICTURE,
    ),
    "a drawing of one's own": (
        "tf.keras.utils.model_to_dot(model).create(prog='dot', format='svg')[:5]", "b'<?xml'",
    ),
    "TensorBoard's callback": (
        """
        import os, numpy as np
        model.compile("sgd", "mse")
        board = tf.keras.callbacks.TensorBoard(log_dir="logs", histogram_freq=1)
        model.fit(np.zeros((4, 3)), np.zeros((4, 2)), epochs=2, verbose=0, callbacks=[board])
        with tf.summary.create_file_writer("logs/mine").as_default():
            tf.summary.scalar("loss", 0.5, step=1)
        print(sorted(os.listdir("logs")))
        """,
        "['mine', 'train']",
    ),
    "TensorBoard's extension": ("%load_ext tensorboard", ""),
    "TensorBoard itself": ("%tensorboard --logdir logs", "TensorBoard is not started in grading"),
    "TensorBoard from a shell": (
        "!tensorboard --logdir logs", "TensorBoard is not started in grading",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """One notebook with all of these cells, run as it would be for grading."""
    folder: Path = tmp_path_factory.mktemp("imports")
    with DockerSandbox(ahead=False) as sandbox:
        sources = [source for source, _ in CELLS.values()]
        # TensorFlow alone writes to stderr whenever it is imported.
        yield Lab(sandbox, folder).run("import tensorflow as tf", *sources, limits=LIMITS)


def test_the_notebook_finishes(seen: Seen) -> None:
    assert seen.ending is Ending.FINISHED
    assert [line for line in seen.cells if line["status"] != "ok"] == []


@pytest.mark.parametrize("name", CELLS)
def test_the_cell_shows_what_it_should_and_warns_of_nothing(name: str, seen: Seen) -> None:
    index = list(CELLS).index(name) + 1
    outputs = seen.notebook["cells"][index]["outputs"]
    shown = {kind for output in outputs for kind in output.get("data", {})}
    texts = ["".join(output.get("data", {}).get("text/plain", "")) for output in outputs]
    expected = CELLS[name][1]
    assert expected in shown or expected in "".join([seen.text(index), *texts])
    assert [output for output in outputs if output.get("name") == "stderr"] == []
