"""Every test and every doctor row that THREATS.md names is there: a promise cannot go untested."""

import ast
import re
from pathlib import Path

from graders.doctor.probes import PROBES

ROOT = Path(__file__).resolve().parents[2]
THREATS = (ROOT / "THREATS.md").read_text(encoding="utf-8")


def promises() -> list[list[str]]:
    """The cells of every line of a table whose last column is `tested by`."""
    found = []
    for block in re.findall(r"\| promise \|.*?\n\|[-|]+\|\n((?:\|.*\n)+)", THREATS):
        found += [line.strip("|").split(" | ") for line in block.splitlines()]
    return found


def test_every_promise_names_what_tests_it() -> None:
    assert len(promises()) >= 15
    for promise, _, tested_by in promises():
        named = "::" in tested_by or "Doctor:" in tested_by
        assert named, f"nothing tests: {promise}"


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", THREATS)
    assert len(named) >= 15
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        there = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in there, f"{path} has no {name}"


def test_every_row_of_the_doctor_that_is_named_exists() -> None:
    there = {probe.name for probe in PROBES}
    named = {
        name
        for line in re.findall(r"Doctor:((?: \"[^\"]+\",?)+)", THREATS)
        for name in re.findall(r'"([^"]+)"', line)
    }
    assert len(named) >= 30
    assert named <= there, named - there


def test_every_row_of_the_doctor_tests_a_promise() -> None:
    unnamed = {probe.name for probe in PROBES if f'"{probe.name}"' not in THREATS}
    assert not unnamed


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in ("THREATS.md", "SECURITY.md", "HOSTILE.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([\w./-]+)\)", text):
            assert (ROOT / target).exists(), f"{page}: {target}"
