"""The class of `make demo`: everybody is there, with every notebook that trains."""

from pathlib import Path

from graders.core import catalogue
from reference_solutions import demo_class


def test_the_demo_class_hands_in_every_notebook_of_the_course(tmp_path: Path) -> None:
    made = demo_class.make(tmp_path)

    found = [path.stem for path in (tmp_path / "submitted").glob("*/*/*.ipynb")]
    assert made == len(found)
    assert set(catalogue.notebooks()) <= set(found)
    for name in demo_class.trained():
        assert found.count(name) == 2 + len(demo_class.some(name))
    assert set(demo_class.trained()) == set(catalogue.notebooks()) - {demo_class.NOTEBOOK}
    # Two notebooks of one assignment lie side by side.
    assert {p.name for p in (tmp_path / "submitted/reference/convnets").glob("*.ipynb")} == {
        "cifar_cnn.ipynb", "flowers_finetune.ipynb",
    }  # fmt: skip
