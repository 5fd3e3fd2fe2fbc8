"""docs/security.md is complete and true: each requirement has its line, and each test and section that it names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TABLE = (ROOT / "docs" / "security.md").read_text()
LINES = re.findall(r"^\| (\d[^|]*) \| ([^|]*) \| (.*) \|$", TABLE, re.M)
# How many requirements of levels 1 and 2 each section of the standard has. Those of level 3 always follow them.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip


def named(line: str) -> list[str]:
    """The requirements of a line, such as "1.2.6 to 1.2.8" or "7.1.3, 7.6.1"."""
    found = []
    for first, last in re.findall(r"(\d+\.\d+\.\d+)(?: to (\d+\.\d+\.\d+))?", line):
        section, _dot, number = first.rpartition(".")
        until = (last or first).rpartition(".")[2]
        found += [f"{section}.{each}" for each in range(int(number), int(until) + 1)]
    return found


def test_every_test_named_in_the_table_exists():
    written = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    names = set(re.findall(r"`(test_\w+)`", TABLE))
    assert {name for name in names if f"def {name}(" not in written} == set()
    assert len(names) > 150


def test_every_line_is_met_with_its_proof_or_not_applicable_or_open_with_a_reason():
    assert len(LINES) > 180
    assert [line for line in LINES if line[1] not in ("met", "not applicable", "open") or not line[2]] == []


def test_a_line_that_is_met_names_a_test_or_a_section():
    met = [line for line in LINES if line[1] == "met"]
    assert [line for line in met if not re.search(r"`test_|\.md\b|below", line[2])] == []


def test_every_requirement_has_exactly_one_line():
    found = [each for line in LINES for each in named(line[0])]
    assert sorted(found) == sorted(
        f"{section}.{each}" for section, number in SECTIONS.items() for each in range(1, number + 1)
    )


@pytest.mark.parametrize(
    "line", [line[2] for line in LINES if '"' in line[2] and ("docs/" in line[2] or "below" in line[2])]
)
def test_every_section_named_in_the_table_exists(line):
    headings: dict[str, set[str]] = {}
    for path in (ROOT / "docs").rglob("*.md"):
        headings[path.relative_to(ROOT / "docs").as_posix()] = set(
            re.findall(r"^##+ (.*)$", path.read_text(), re.M)
        )
    for file, sections in re.findall(r'docs/([\w/]+\.md), ((?:"[^"]+"(?:, | and )?)+)', line):
        assert set(re.findall(r'"([^"]+)"', sections)) <= headings[file]
    for section in re.findall(r'"([^"]+)" below', line):
        assert section in headings["security.md"]


def test_every_library_is_pinned_with_its_hash():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = re.sub(r"\\\n", " ", (ROOT / name).read_text())
        libraries = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        assert len(libraries) > 20
        assert [
            line
            for line in libraries
            if not re.match(r"[\w.\[\],-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)
        ] == []
