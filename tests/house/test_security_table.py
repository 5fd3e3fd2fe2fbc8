"""Each test that docs/security.md names exists, and each of its lines has one of the three states."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs" / "security.md").read_text()


def test_every_test_named_in_the_table_exists():
    written = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    names = set(re.findall(r"`(test_\w+)`", TABLE))
    assert {name for name in names if f"def {name}(" not in written} == set()
    assert len(names) > 30


def test_every_line_is_met_with_its_proof_or_not_applicable_or_open_with_a_reason():
    lines = re.findall(r"^\| (\d[^|]*) \| ([^|]*) \| (.*) \|$", TABLE, re.M)
    assert len(lines) > 60
    assert [line for line in lines if line[1] not in ("met", "not applicable", "open") or not line[2]] == []
