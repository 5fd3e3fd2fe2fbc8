"""docs/figures.md and docs/figures.json: parts that weren't measured keep their figures, and both know all parts."""

import json

import pytest

from benchmarks.figures import medians
from benchmarks.figures.comparison import MILLISECONDS, RATES
from benchmarks.figures.report import COMPARED, SECTIONS, report, sections_of
from benchmarks.run import PARTS
from crm.platform.configuration.environment import ROOT


def page(name: str, p50: float, user: str = "sees all") -> dict:
    return {"page": name, "user": user, "p50": p50, "p95": 9000, "queries": 7}


SORTS = ("sorted by city", "sorted by -city", "sorted by zip")
SMALL = {
    "leads": 10_000,
    "machine": "2 cores",
    "pages": [page("first page", 9), *(page(name, 8) for name in SORTS)],
}
LARGE = {
    "leads": 1_000_000,
    "machine": "2 cores",
    "pages": [
        page("first page", 14.25),
        *(page(name, p50) for name, p50 in zip(SORTS, (20, 22, 60), strict=True)),
    ],
    "bulk": {"sizes": [{"rows": 10_000, "bare": 1, "verb": 2, "undo": 4, "page": 0.05}]},
    "excel": {
        "rows": 100_000,
        "export": {"columns": 22, "first_byte": 0.1, "seconds": 5, "xlsxwriter": 7, "megabytes": 5},
        "sizes": {"10000": {"rows": 10_000, "columns": 22, "seconds": 0.5, "rate": 20_000, "megabytes": 6}},
        "whole": {
            "all columns": {"rows": 10**6, "columns": 60, "seconds": 50, "rate": 20_000, "megabytes": 7}
        },
        "add": {"bare": 2, "copy": 20, "read": 10, "check": 15, "apply": 20, "undo": 5, "megabytes": 33},
        "change": {"bare": 2, "copy": 20, "read": 10, "check": 30, "apply": 40, "undo": 50, "megabytes": 33},
        "beside": {"busy": 13, "busy_p95": 20, "quiet": 13, "quiet_p95": 18},
    },
}


def test_each_part_has_figures_and_a_section():
    parts = set(PARTS.split(","))
    assert set(medians.PARTS) == parts == set(SECTIONS.values())
    assert set(json.loads((ROOT / medians.PLACE).read_text())) <= parts


def test_the_committed_file_has_the_sections_of_the_report():
    found = sections_of((ROOT / "docs" / "figures.md").read_text().splitlines())
    assert [*found] == [heading for heading in (COMPARED, *SECTIONS) if heading in found]


def test_medians_and_rates_are_kept_and_no_outliers():
    found = medians.medians_of(LARGE, ["pages", "bulk", "export", "import", "api", "reports"])
    about = {"leads": 1_000_000, "machine": "2 cores"}
    assert found == {
        "pages": about
        | {
            MILLISECONDS: {
                "first page, sees all": 14.2,
                "sorted by any column, sees all": 22,
                "sorted by the slowest column, sees all": 60,
            }
        },
        "bulk": about | {RATES: {"VIP on 10,000 leads": 5000, "undo of VIP on 10,000 leads": 2500}},
        "export": about
        | {
            RATES: {
                "export of 100,000 leads": 20_000,
                "export of 10,000 leads": 20_000,
                "export of all leads with all columns": 20_000,
            }
        },
        "import": about
        | {
            RATES: {
                "import of new leads: read and check": 4000,
                "import of new leads: apply": 5000,
                "import of new leads: undo": 20_000,
                "import of one cell changed per lead: read and check": 2500,
                "import of one cell changed per lead: apply": 2500,
                "import of one cell changed per lead: undo": 2000,
            }
        },
    }


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout without git."""
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(medians, "ROOT", tmp_path)
    return tmp_path


def test_parts_that_were_not_measured_keep_the_figures_of_the_file(checkout):
    first = medians.medians_of(LARGE, ["pages", "bulk"])
    medians.keep(first)
    again = medians.medians_of({**LARGE, "pages": [page("first page", 30)]}, ["pages"])
    medians.keep(again)
    assert medians.here() == {"pages": again["pages"], "bulk": first["bulk"]}


def test_without_git_the_figures_of_the_checkout_are_those_before(checkout):
    assert medians.committed() == {}
    medians.keep(found := medians.medians_of(LARGE, ["bulk"]))
    assert medians.committed() == found


def test_parts_that_were_not_measured_keep_their_sections():
    last = "# Figures\n\n## Pages\n\nOld pages.\n\n## Exports\n\nOld exports.\n\nMore.\n\n## Reports\n\nOld reports.\n"
    text = report(SMALL, LARGE, {"bulk", "export"}, last, ["Nothing became slower."])
    found = sections_of(text.splitlines())
    assert [*found] == [COMPARED, "Pages", "Set VIP on random leads", "Exports", "Reports"]
    assert (found[COMPARED], found["Pages"], found["Reports"]) == (
        ["Nothing became slower."],
        ["Old pages."],
        ["Old reports."],
    )
    assert (
        "- Exporting all 1,000,000 leads with all columns (60): 50.0 s, 20,000 rows per second; the web process and the "
        "worker grew by 7 MB." in found["Exports"]
    )
    assert found["Set VIP on random leads"][-1] == "| 10,000 | 1.0 | 2.0 | 2.00 | 5,000 | 4.0 | 2.00 | 50 |"
    assert report(SMALL, LARGE, (), text, ["Nothing became slower."]) == text


def test_all_parts_that_were_measured_are_written_again():
    found = sections_of(report(SMALL, LARGE, {"pages", "import"}, "", []).splitlines())
    assert [*found] == [COMPARED, "Pages", "Sorted by each column, in both directions", "Imports"]
    assert found["Sorted by each column, in both directions"][-1] == (
        "| sees all | 22 (8) | zip 60, -city 22, city 20 | 7 |"
    )
    assert "| first page | sees all | 14 (9) | 9000 (9000) | 7 |" in found["Pages"]
    assert (
        "| 12 columns, all new | 4,000 rows per second | 5,000 rows per second | 20,000 rows per second |"
        in found["Imports"]
    )
