"""reports: their list and their numbers, as tables and as data."""

import csv
import io

import pytest
from leadwell.failures import Exit


@pytest.fixture
def leads(make_lead, ann):
    return [make_lead(f"Eva Berg{number}", owner=ann, country="RO") for number in range(3)]


def test_reports_are_listed(ann_types):
    listed = ann_types("reports", "list", "-o", "json").json
    assert "conversion" in [one["id"] for one in listed]
    assert "conversion" in ann_types("reports", "list").out


def test_a_report_has_its_figures_its_groups_and_a_total(ann_types, leads):
    shown = ann_types("reports", "show", "conversion", "--period", "this_month").out
    assert "Leads: 3" in shown
    assert "Website" in shown
    assert "Total" in shown
    assert ann_types("reports", "show", "conversion", "-o", "json").json["id"] == "conversion"


def test_a_report_of_ones_own_choice_takes_measures_groups_and_filters(ann_types, leads):
    words = ["reports", "show", "new", "--measure", "leads", "--by", "country", "--filter", "status=New"]
    rows = list(csv.DictReader(io.StringIO(ann_types(*words, "-o", "csv").out)))
    assert [(row["country"], row["leads"]) for row in rows] == [("Romania", "3")]
    assert len(ann_types(*words, "-o", "jsonl").lines) == 1


def test_each_report_that_there_is_can_be_shown(ann_types, leads):
    for report in ann_types("reports", "list", "-o", "json").json:
        assert report["title"] in ann_types("reports", "show", report["id"]).out


def test_a_wrong_period_is_refused_and_an_unknown_report_not_found(ann_types):
    assert "period" in ann_types("reports", "show", "conversion", "--period", "soon", code=Exit.REFUSED).err
    ann_types("reports", "show", "nope", code=Exit.NOT_FOUND)
