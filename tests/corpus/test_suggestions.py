"""What the import suggests for the exports of other programs, without a hand: right, skipped, or wrong."""

import re
import sys

import pytest

from crm.platform.configuration.environment import ROOT
from tests.corpus.counting import SKIPPED, WRONG, Count, counted, in_words, suggested
from tests.corpus.exports import exports

pytestmark = pytest.mark.django_db

PAGE = ROOT / "docs" / "figures_mapping.md"
# Of the columns that have a field here.
ENOUGH = 0.95


@pytest.fixture
def counts(ada, cast):
    """The counts by program, for an administrator, who may create fields."""
    found: dict[str, Count] = {}
    for export in exports():
        found.setdefault(export.program, Count()).add(counted(export, suggested(export, ada)))
    return found


def test_columns_of_other_programs_are_suggested_right_and_none_wrong(counts):
    total, table = Count(), in_words(counts.items())
    for count in counts.values():
        total.add(count)
    sys.stdout.write("\n".join(["", table, *total.not_right, ""]))
    assert (total.fields[WRONG], total.others[WRONG]) == (0, 0)
    assert total.share >= ENOUGH
    # Fields that a record type lacks are offered as custom fields.
    assert total.others[SKIPPED] == 0
    assert table in PAGE.read_text(), (
        "docs/figures_mapping.md has other figures; the right ones are printed above."
    )


def test_the_corpus_has_thirty_programs_and_each_header_once():
    found = exports()
    assert len({export.program for export in found}) >= 30
    for export in found:
        headings = [column.heading for column in export.columns]
        assert len(headings) == len(set(headings)), export.label


def test_the_page_says_how_many_are_right():
    said = re.search(r"(\d+) of (\d+) columns", PAGE.read_text())
    assert said
    assert int(said[1]) / int(said[2]) >= ENOUGH
