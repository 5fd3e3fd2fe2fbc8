"""Rows of an exported file, which know the version of their record: which edits count as newer."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from crm.models import Change, Operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.record_matching import FileState, get_author_and_time
from customers.models import Company
from leads.models import Lead
from leads.verbs import Edit
from tests.decisions.imports.plan_on_paper import lead, paper_check, planned, row


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
    assert get_author_and_time(Change(operation=made, at=at)) == ["", "2026-01-05T11:30:00+02:00"]


@dataclass(frozen=True)
class Edited:
    """The edits of a new lead, whose version is 1 before the first of them, and the version of the file."""

    edits: tuple[dict[str, Any], ...]
    version: int
    then: dict[str, Any]


EDITS = {
    "an edit since": Edited(({"city": "Brno"},), 1, {"city": "Arad"}),
    "an edit before": Edited(({"city": "Brno"},), 2, {}),
    "no edit": Edited((), 1, {}),
    "two edits of a field, and the file is older than both": Edited(
        ({"city": "Brno"}, {"city": "Cluj"}), 1, {"city": "Arad"}
    ),
    "two edits of a field, and the file is between them": Edited(
        ({"city": "Brno"}, {"city": "Cluj"}), 2, {"city": "Brno"}
    ),
    "an edit and its opposite": Edited(({"city": "Brno"}, {"city": "Arad"}), 1, {"city": "Arad"}),
    "two fields": Edited(({"city": "Brno"}, {"zip": "1"}), 1, {"city": "Arad", "zip": ""}),
    "two fields in one edit": Edited(({"city": "Brno", "zip": "1"},), 1, {"city": "Arad", "zip": ""}),
    "a number": Edited(({"value": Decimal("12.5")}, {"value": Decimal(1)}), 2, {"value": Decimal("12.50")}),
    "a zero": Edited(({"value": Decimal(0)}, {"value": Decimal(1)}), 2, {"value": Decimal(0)}),
    "no number": Edited(({"value": Decimal(0)},), 1, {"value": None}),
    "a day": Edited(
        ({"next_action_on": date(2026, 1, 5), "next_action": "Call"}, {"next_action_on": date(2026, 2, 5)}),
        2,
        {"next_action_on": date(2026, 1, 5)},
    ),
    "yes or no": Edited(({"vip": True},), 1, {"vip": False}),
    "tags": Edited(({"tags": [5]}, {"tags": [6]}), 2, {"tags": [5]}),
    "no tags": Edited(({"tags": [5]},), 1, {"tags": []}),
    "a country": Edited(({"country": "RO"}, {"country": "DE"}), 2, {"country": "RO"}),
    "a file that is older than the lead": Edited((), 0, {}),
    "a custom number": Edited(({"c": Decimal("2.5")}, {"c": Decimal(3)}), 2, {"c": Decimal("2.5")}),
    "a custom number that was empty": Edited(({"c": Decimal("2.5")},), 1, {"c": None}),
    "a normalized phone is no field": Edited(({"phone": "0722 123 456"},), 1, {"phone": ""}),
}


@pytest.fixture
def told(make_lead, make_field, bob):
    return make_lead(city="Arad"), make_field("Credits", "number", decimals=1)


@pytest.mark.django_db
@pytest.mark.parametrize("case", EDITS.values(), ids=EDITS)
def test_what_was_edited_since_a_version(case, told, make_lead, bob):
    known, credits = told
    other = make_lead("Eva Rus", city="Sibiu")
    carry_out(Edit({"city": "Deva"}), Lead.objects.filter(pk=other.pk), by=bob)
    for edit in case.edits:
        values = {credits.name if name == "c" else name: value for name, value in edit.items()}
        carry_out(Edit(values), Lead.objects.filter(pk=known.pk), by=bob)
    kind = KINDS["lead"]
    sheet = kind.resource(kind, bob)
    before = FileState(Lead, {name: column.attribute for name, column in sheet.fields.items()})
    found = before.get_changes_since({known.pk: case.version})
    then = {
        "c" if name == credits.name else name: value for name, (value, _change) in found[known.pk].items()
    }
    assert then == case.then
    assert [type(value) for value in then.values()] == [type(case.then[name]) for name in then]


@pytest.mark.django_db
def test_links_and_numbers_of_other_records(told, make_company, ann, bob):
    """An owner is an ID. A company with the number of the lead is another record."""
    known, _credits = told
    company = make_company(pk=known.pk)
    carry_out(KINDS["company"].edit({"city": "Deva"}), Company.objects.filter(pk=company.pk), by=ann)
    before = FileState(Lead, {"city": "city", "owner": "owner_id"})
    for owner in (ann, bob, None):
        with operation("test", by=None):
            Lead.objects.filter(pk=known.pk).update(owner=owner)
    then = [
        {
            name: value
            for name, (value, _change) in before.get_changes_since({known.pk: version})[known.pk].items()
        }
        for version in (1, 2, 3, 4)
    ]
    assert then == [{"owner": None}, {"owner": ann.pk}, {"owner": bob.pk}, {}]


@pytest.mark.django_db
def test_the_last_user_who_edited_a_field_is_named(told, ann, bob):
    known, _credits = told
    for user, city in ((bob, "Brno"), (ann, "Cluj")):
        carry_out(Edit({"city": city}), Lead.objects.filter(pk=known.pk), by=user)
    found = FileState(Lead, {"city": "city"}).get_changes_since({known.pk: 1})
    assert found[known.pk]["city"][1].operation.by == ann
    assert FileState(Lead, {"zip": "zip"}).get_changes_since({known.pk: 1}) == {known.pk: {}}
