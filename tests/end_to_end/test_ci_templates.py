"""The templates for GitHub Actions and GitLab: every step of theirs that is a command, executed.

In a clean copy of the repository with a tiny class, without those hosts: what the hosts would do
themselves (checkout, cache, upload) is looked at only as far as names and paths go.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]

from reference_solutions.demo_class import NOTEBOOK, SOURCE
from reference_solutions.filling import fill, read_cells

pytestmark = pytest.mark.nightly("courses")

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "scripts" / "ci"

# What the hosts' references know, as far as the templates use it.
WORKFLOW = {"name", "on", "permissions", "concurrency", "env", "jobs"}
JOB = {"runs-on", "timeout-minutes", "steps"}
STEP = {"name", "uses", "with", "if", "run"}
INPUTS = {
    "actions/checkout@v4": set(),
    "actions/setup-python@v5": {"python-version"},
    "actions/cache/restore@v4": {"path", "key", "restore-keys"},
    "actions/cache/save@v4": {"path", "key"},
    "actions/upload-artifact@v4": {"name", "path", "if-no-files-found", "retention-days"},
    "mikepenz/action-junit-report@v5": {
        "report_paths", "annotate_only", "detailed_summary", "fail_on_failure", "require_tests",
    },
}  # fmt: skip
GITLAB_JOB = {
    "image", "services", "variables", "rules", "resource_group", "timeout", "retry", "cache",
    "before_script", "script", "after_script", "artifacts",
}  # fmt: skip


def github() -> dict[str, Any]:
    text = (TEMPLATES / "github-actions.yml").read_text("utf-8")
    return yaml.load(text, Loader=yaml.BaseLoader)  # else `on` is read as True


def gitlab() -> dict[str, Any]:
    return yaml.safe_load((TEMPLATES / "gitlab-ci.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The files that git would give, set up already, with a class of two."""
    place = tmp_path_factory.mktemp("clone")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, place / name)
    (place / ".venv").symlink_to(ROOT / ".venv")
    for name in ("requirements.lock", "pyproject.toml", "scripts/setup.sh"):
        os.utime(place / name, (0, 0))  # `make` must not set the shared environment up anew
    answers = read_cells(ROOT / "reference_solutions" / NOTEBOOK / "solution.py")
    for student, cells in (("ada", answers), ("bob", {})):
        folder = place / "course" / "submitted" / student / NOTEBOOK
        folder.mkdir(parents=True)
        (folder / f"{NOTEBOOK}.ipynb").write_text(json.dumps(fill(SOURCE, cells)))
    yield place
    (place / ".venv").unlink()


def shell(clone: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(clone), "SANDBOX": "local", **variables}
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=clone, capture_output=True, text=True, timeout=300, env=environment,
    )  # fmt: skip


def variables(declared: Mapping[str, str]) -> dict[str, str]:
    """The declared ones as the host would fill them in when nothing was asked for."""
    found = {}
    for name, value in declared.items():
        default = re.fullmatch(r"\$\{\{ inputs\.\w+ \|\| '([^']*)' \}\}", value)
        found[name] = default[1] if default else value
    return {name: value for name, value in found.items() if name in ("NOTEBOOK", "COURSE")}


def filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("${{ env." + name + " }}", value).replace(f"${name}", value)
    return text


def test_the_environment_is_set_up_so_that_make_leaves_it_alone(clone: Path) -> None:
    asked = subprocess.run(["make", "-q", ".venv/.ready"], cwd=clone)
    assert asked.returncode == 0


def test_the_github_template_uses_only_what_is_documented() -> None:
    workflow = github()
    assert set(workflow) <= WORKFLOW
    (job,) = workflow["jobs"].values()
    assert set(job) <= JOB
    for step in job["steps"]:
        assert set(step) <= STEP
        assert ("uses" in step) != ("run" in step)
        if "uses" in step:
            assert set(step.get("with", {})) <= INPUTS[step["uses"]], step["uses"]
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["env"]["SANDBOX"] == "docker", "no machine may grade without walls by default"


def test_every_command_of_the_github_template_works(clone: Path, tmp_path: Path) -> None:
    workflow = github()
    values = variables(workflow["env"])
    summary = tmp_path / "summary"
    (job,) = workflow["jobs"].values()
    for step in job["steps"]:
        if "run" in step:
            done = shell(clone, step["run"], **values, GITHUB_STEP_SUMMARY=str(summary))
            assert done.returncode == 0, (step["name"], done.stdout, done.stderr)
    assert "2 submissions of linear_models" in summary.read_text("utf-8")
    assert "2 graded" in summary.read_text("utf-8")
    for step in job["steps"]:
        for name in ("path", "report_paths"):
            for path in step.get("with", {}).get(name, "").splitlines():
                assert (clone / filled(path.strip(), values)).exists(), path


def test_every_command_of_the_gitlab_template_works(clone: Path) -> None:
    job = gitlab()["grade"]
    values = variables(job["variables"])
    folder = str(clone / ".tmp")
    script = "\n".join([*job["before_script"], *job["script"]])
    done = shell(clone, script, **values, TMPDIR=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    after = shell(clone, "\n".join(job["after_script"]), **values)
    assert "2 graded" in after.stdout, after.stderr
    for path in [*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]]:
        assert (clone / filled(path, values)).exists(), path
    report = ElementTree.parse(clone / filled(job["artifacts"]["reports"]["junit"], values))
    assert [suite.get("name") for suite in report.getroot()] == ["ada", "bob"]


def test_the_gitlab_template_uses_only_what_is_documented() -> None:
    (job,) = gitlab().values()
    assert set(job) <= GITLAB_JOB
    assert job["variables"]["SANDBOX"] == "docker"
    assert job["artifacts"]["when"] == "always"
    assert job["retry"]["exit_codes"] == [5], "a machine's fault is tried again, nothing else"


def test_without_an_engine_the_job_fails_with_5_and_says_what_to_do(clone: Path) -> None:
    (job,) = github()["jobs"].values()
    (grade,) = [s["run"] for s in job["steps"] if s.get("name") == "Grade"]
    done = shell(
        clone, grade, NOTEBOOK=NOTEBOOK, COURSE="course", SANDBOX="docker",
        DOCKER_HOST="unix:///nowhere/docker.sock",
    )  # fmt: skip
    assert done.returncode == 5, done.stdout + done.stderr
    assert "::error::The machine failed" in done.stdout
