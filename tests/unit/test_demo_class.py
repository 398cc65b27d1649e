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


def test_the_readme_says_how_many_notebooks_the_demo_runs(tmp_path: Path) -> None:
    demo_class.make(tmp_path)

    first = list((tmp_path / "submitted").glob(f"*/{demo_class.NOTEBOOK}"))
    trained = sum(2 + len(demo_class.some(name)) for name in demo_class.trained())
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8").replace("\n", " ")
    assert f"it runs {len(first)} notebooks of the first week" in readme
    assert f"in containers, {trained} of the notebooks that train networks" in readme
