"""Rows that were planned as new, and what colleagues have added since: which ones are still added."""

from dataclasses import dataclass
from typing import Any

import pytest

from crm.models import Operation, PlannedRow
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.apply.application_state import Application
from crm.transfer.imports.apply.plan_application import apply_import_plan
from crm.transfer.imports.apply.record_steps import skip_rows_known_by_now
from crm.transfer.imports.check.record_check import RecordCheck
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from leads.models import Lead

pytestmark = pytest.mark.django_db

ANA = {"email": "ana@example.com"}
OTHER = {"email": "eva@example.com"}
PHONE = {"phone": "0722 123 456", "phone_normal": "+40722123456"}
ROW = {**ANA, "phone": "0722123456", "company": "Acme"}


@dataclass(frozen=True)
class Case:
    """`before` are the leads at the time of the check, the oldest first. Later the last one gets the values `edited`, and
    a colleague adds the leads `since`."""

    before: tuple[dict[str, Any], ...] = ()
    since: tuple[dict[str, Any], ...] = ()
    edited: dict[str, Any] | None = None
    added: bool = True
    way: str = "id_email_phone"
    where: str = "Sales"


CASES = {
    "nothing was added": Case(({},)),
    "another lead was added": Case(({},), (OTHER,)),
    "a lead with the email": Case(({},), (ANA,), added=False),
    "a lead with the email in capitals": Case((), ({"email": "ANA@example.com"},), added=False),
    "a lead with the phone": Case((), (PHONE,), added=False),
    "a lead with the company": Case((), ({"company": "ACME"},), added=False, way="id_field"),
    "the last of several leads": Case((), (OTHER, ANA), added=False),
    "emails aren't looked at": Case((), (ANA,), way="id"),
    "a lead out of reach": Case((), (ANA,), where="Export"),
    "the last lead before the check has the phone of a colleague": Case((OTHER | PHONE,)),
    "it got the email only since": Case((OTHER, OTHER), edited=ANA),
    "an earlier lead got the email since, and another lead was added": Case((OTHER,), ({},), edited=ANA),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_row_that_was_planned_as_new(case, read, ann, make_lead, departments):
    for values in case.before:
        make_lead(**values)
    told = read(ann, [*ROW], [[*ROW.values()]], match=case.way, key="company")
    RecordCheck(told, ann).run()
    assert told.counts["new"] == 1
    if case.edited:
        with operation("test", by=None):
            Lead.objects.filter(pk=Lead.objects.latest("pk").pk).update(**case.edited)
    department = departments.export if case.where == "Export" else departments.sales
    for values in case.since:
        make_lead(**values, department=department)
    apply_import_plan(told, by=ann)
    told.refresh_from_db()
    assert told.counts["added"] == (1 if case.added else 0)
    assert told.counts["refused"] == ({} if case.added else {"known_since_plan": 1})


@pytest.mark.parametrize(
    "mine", [True, False], ids=["the row has its email", "a row of another file has its email"]
)
def test_only_rows_of_the_same_file_are_skipped(mine, read, ann, make_lead):
    """The rows have the same number."""
    emails = (OTHER["email"], ANA["email"]) if mine else (ANA["email"], OTHER["email"])
    other, told = (read(ann, ["last_name", "email"], [["Pop", address]]) for address in emails)
    for imported in (other, told):
        RecordCheck(imported, ann).run()
    make_lead(**ANA)
    apply_import_plan(told, by=ann)
    assert bool(PlannedRow.objects.get(of=told).errors) is mine
    assert (PlannedRow.objects.get(of=other).action, PlannedRow.objects.get(of=other).errors) == ("add", [])


# Companies of one name aren't the same if their tax IDs differ: those at the time of the check, the one that a colleague adds
# since, and whether the row is still added.
NAMESAKES = {
    "nothing was added": ((), None, True),
    "another company": ((), {"name": "Beta"}, True),
    "the same company": ((), {"name": "OMNIA", "tax_id": "RO1"}, False),
    "one of the same name and another tax ID": ((), {"name": "Omnia", "tax_id": "RO2"}, True),
    "one of the same name without a tax ID": ((), {"name": "Omnia"}, False),
    "one that was there": (({"name": "Omnia", "tax_id": "RO2"},), None, True),
}


@pytest.mark.parametrize(("before", "since", "added"), NAMESAKES.values(), ids=NAMESAKES)
@pytest.mark.parametrize("way", ["id_field", "id"])
def test_a_row_that_a_company_of_its_name_may_mean(way, before, since, added, read, ann, make_company):
    for values in before:
        make_company(**values, owner=ann)
    told = read(ann, ["name", "tax_id"], [["Omnia", "RO1"]], of="company", match=way, key="name")
    RecordCheck(told, ann).run()
    assert told.counts["new"] == 1
    if since:
        make_company(**since, owner=ann)
    apply_import_plan(told, by=ann)
    told.refresh_from_db()
    assert told.counts["added"] == (1 if added or way == "id" else 0)


# The companies called Omnia that the importer may change, by tax ID and city, and the one that a row with RO1 in Cluj means.
MEANT = {
    "one": ([("RO1", "Cluj")], 0),
    "the one with the tax ID": ([("RO2", "Cluj"), ("RO1", "Cluj")], 1),
    "another one": ([("RO2", "Cluj")], None),
    "the one in the city": ([("", "Arad"), ("", "Cluj")], 1),
}


@pytest.mark.parametrize(("companies", "meant"), MEANT.values(), ids=MEANT)
def test_which_of_several_companies_a_row_means(companies, meant, read, ann, make_company):
    made = [make_company("Omnia", tax_id=tax, city=city, owner=ann).pk for tax, city in companies]
    heads, row = ["name", "tax_id", "city"], ["Omnia", "RO1", "Cluj"]
    told = read(ann, heads, [row], of="company", match="id_field", key="name")
    RecordCheck(told, ann).run()
    assert PlannedRow.objects.get(of=told).record == (None if meant is None else made[meant])


# The cities of the rows called Omnia, and which of them mean the company of this name in Cluj.
OFTEN = {
    "one row in the same city": (["Cluj"], [True]),
    "one row in another city, to which the company may have moved": (["Arad"], [True]),
    "two rows": (["Cluj", "Arad"], [True, False]),
    "two rows in other cities": (["Deva", "Arad"], [False, False]),
    "two rows, one without a city": (["", "Arad"], [True, False]),
}


@pytest.mark.parametrize(("cities", "means"), OFTEN.values(), ids=OFTEN)
def test_a_name_that_a_file_has_often_is_told_apart_by_the_city(cities, means, read, ann, make_company):
    omnia = make_company("Omnia", city="Cluj", owner=ann)
    # Another file has the name often.
    read(ann, ["name", "city"], [["Omnia", "Brno"]] * 2, of="company")
    rows = [["Omnia", city] for city in cities] + [["Beta", "Cluj"]]
    told = read(ann, ["name", "city"], rows, of="company", match="id_field", key="name")
    RecordCheck(told, ann).run()
    plans = PlannedRow.objects.filter(of=told).order_by("row")
    assert [plan.record for plan in plans] == [omnia.pk if mean else None for mean in (*means, False)]


def test_a_row_that_is_skipped_for_another_reason_keeps_that_reason(read, ann, make_lead):
    told = read(ann, [*ROW], [[*ROW.values()]], match="id_email_phone")
    RecordCheck(told, ann).run()
    kept = [[None, "Skipped for another reason."]]
    PlannedRow.objects.filter(of=told).update(action="", errors=kept)
    make_lead(**ANA)
    kind = KINDS["lead"]
    application = Application(told, get_rules_class(kind)(kind, ann), Operation(), lambda done: None)
    skip_rows_known_by_now(application)
    assert application.refused.total() == 0
    assert PlannedRow.objects.get(of=told).errors == kept
