"""docs/captions.md: what it says is what the stored calibration says."""

import json
import re
from pathlib import Path

from benchmarks import captions
from benchmarks.captions import Row

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = (
    ("a dog runs on the grass", "the dog is running over grass"),
    ("two men play football", "men are playing with a ball"),
)


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_each_line_of_the_table_tells_who_wrote_and_how_well() -> None:
    rows = [
        Row("people", (PEOPLE[0][0], PEOPLE[1][0]), 0.5),
        Row("one for all", ("a dog runs on the grass",) * 2),
        Row("words alone", (), 0.25),
    ]
    text = captions.page(rows, PEOPLE, ["a dog runs on the grass"], "mini")
    titles, _, *lines = [cells(line) for line in text.splitlines() if line.startswith("|")]
    told = {line[0]: dict(zip(titles, line, strict=True)) for line in lines}
    assert told["people"]["BLEU-1"] == "1.000"
    assert told["people"]["BLEU-4"].startswith("1.000")
    assert told["people"]["new"] == "50%"
    assert told["people"]["next word"] == "0.500"
    assert float(told["one for all"]["BLEU-1"]) < 0.7
    assert told["one for all"]["distinct"] == "50%"
    assert told["one for all"]["new"] == "0%"
    assert told["words alone"]["next word"] == "0.250"
    assert told["words alone"]["BLEU-4"] == "–"
    assert {line[0] for line in lines[3:]} == set(captions.PUBLISHED)


def test_the_page_of_captions_tells_of_the_stored_calibration() -> None:
    text = (ROOT / "docs" / "captions.md").read_text("utf-8")
    file = ROOT / "reference_solutions" / "captioning" / "reference.full.json"
    stored = json.loads(file.read_text("utf-8"))["measures"]
    lines = [
        cells(line) for line in text.splitlines() if re.match(r"\| reference, seed \d+ \|", line)
    ]
    assert [line[4].split()[0] for line in lines] == [
        f"{value:.3f}" for value in stored["caption_bleu"]["values"]
    ]
    assert [line[-1] for line in lines] == [
        f"{value:.3f}" for value in stored["next_word_accuracy"]["values"]
    ]
