"""Rows of an exported file, which know the version of their record: which edits count as newer."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from crm.imports.match import who_and_when
from crm.models import Change, Operation
from tests.decisions.plan_on_paper import lead, paper_check, planned, row


@dataclass(frozen=True)
class Case:
    """The lead has the version 3, and someone has changed its city from Brno to Arad. The file has the `city`."""

    version: str
    city: str
    writes: str | None = None
    is_: str = "unchanged"
    conflict: bool = False
    takes: tuple[str, ...] = ()
    choice: str = ""
    empties: bool = False
    title: str = "Buyer"


CASES = {
    "an older version, left as exported": Case("2", "Brno"),
    "an older version, edited": Case("2", "Cluj", is_="changed", conflict=True),
    "an older version, edited, and the user takes the file's": Case(
        "2", "Cluj", writes="Cluj", is_="changed", conflict=True, takes=("city",)
    ),
    "an older version, edited to the same": Case("2", "Arad"),
    "an older version, edited in another field too": Case(
        "2", "Cluj", is_="changed", conflict=True, title="Chief"
    ),
    "an older version, only filled": Case("2", "Cluj", is_="duplicate", choice="fill"),
    "an older version, emptied": Case("2", "", is_="changed", conflict=True, empties=True),
    "the same version, edited": Case("3", "Cluj", writes="Cluj", is_="changed"),
    "the same version, as it was before the edit": Case("3", "Brno", writes="Brno", is_="changed"),
    "the same version, emptied": Case("3", "", writes="", is_="changed", empties=True),
    "the same version, emptied, but that means nothing": Case("3", ""),
    "a version that doesn't exist yet": Case("4", "Cluj", writes="Cluj", is_="changed"),
    "no version": Case("", "Cluj", writes="Cluj", is_="changed"),
    "no version, as it was before the edit": Case("", "Brno", writes="Brno", is_="changed"),
    "no version, emptied": Case("", "", empties=True),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_row_with_an_id_and_a_version(case):
    (plan,) = planned(
        {"id": "#7", "version": case.version, "city": case.city, "title": case.title},
        leads=[lead(7, title="Buyer")],
        edits={7: {"city": "Brno"}},
        takes=case.takes,
        choices={2: case.choice},
        empties=case.empties,
    )
    assert (plan.verdict, plan.values.get("city")) == (case.is_, case.writes)
    assert list(plan.conflicts) == (["city"] if case.conflict else [])
    if case.conflict:
        now, who, _when = plan.conflicts["city"]
        assert (now, who) == ("Arad", "Ann")
    assert plan.values.get("title") == ("Chief" if case.title == "Chief" else None)


def test_a_row_that_changes_nothing_stays_where_its_conflict_can_be_decided():
    """Even if the user has chosen to fill empty fields only, and nothing is empty any more."""
    told = {"leads": [lead(7, city="")], "edits": {7: {"city": "Brno"}}}
    (plan,) = planned({"id": "#7", "version": "2", "city": "Cluj"}, choices={2: "fill"}, **told)
    assert (plan.verdict, plan.action, list(plan.conflicts)) == ("changed", "", ["city"])


@pytest.mark.parametrize("version", ["x", "-1", "1.5", "1234567890"])
def test_a_version_that_was_edited_is_an_error(version):
    """Otherwise the row would overwrite newer edits."""
    (plan,) = planned({"id": "#7", "version": version, "city": "Cluj"}, leads=[lead(7)])
    assert (plan.verdict, plan.values) == ("error", {})
    ((place, sentence),) = plan.errors
    assert (place, sentence[:42]) == (1, "The hidden column “Version” was edited. Re")


def test_an_id_that_is_none_is_an_error_even_if_the_row_has_the_email_of_a_lead():
    row = {"id": "x", "email": "a@example.com", "city": "Cluj"}
    for leads in ([], [lead(7, email="a@example.com")]):
        (plan,) = planned(row, leads=leads)
        assert plan.errors == [[0, "This isn’t an ID. Enter a whole number."]]


def test_only_records_with_an_older_version_are_looked_up():
    leads = [lead(pk) for pk in (5, 6, 7, 8)]
    rows = [("#5", "2"), ("#6", "3"), ("#7", "4"), ("#8", ""), ("#9", "1"), ("", "1")]
    with paper_check(["id", "version", "city"], found={"leads": leads}) as check:
        check.plan([row(number, [*cells, "Cluj"]) for number, cells in enumerate(rows, 2)])
        assert check.before.asked == {5: 2}


def test_without_an_older_version_nothing_is_looked_up():
    with paper_check(["id", "version", "city"], found={"leads": [lead(7)]}) as check:
        check.plan([row(2, ["#7", "3", "Cluj"])])
        assert check.before.asked is None


@pytest.mark.parametrize("made", [None, Operation(by=None)], ids=["by no operation", "by a job"])
def test_a_newer_edit_without_a_user_has_no_name(made):
    at = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    assert who_and_when(Change(operation=made, at=at)) == ["", "2026-01-05T11:30:00+02:00"]
