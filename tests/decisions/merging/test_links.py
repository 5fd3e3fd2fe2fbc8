"""What becomes of the parents, contacts and additions of merged records."""

from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from crm.models import Activity, MergedRecord, Operation
from crm.records.history.undo.undo_result import UndoResult
from crm.records.history.verb_execution import operation
from customers.models import Company, Contact, Employment
from duplicates.merging import parent_companies as merging_parents
from duplicates.merging.field_values import read_values
from duplicates.merging.parent_companies import write_parents
from duplicates.merging.reference_transfer import (
    get_moved_columns,
    move_referring_rows,
    move_untracked_rows_back,
)
from duplicates.merging.undo import _report_added_since
from intake.models import Submission, WebForm
from leads.models import Lead
from mailings.models import Delivery, Mailing


class Parent(NamedTuple):
    """Companies with their parents before. `merged` go into `kept`, which gets the parent of `wanted`, or its own."""

    before: dict[str, str]
    merged: str
    after: dict[str, str]
    wanted: str = "kept"


# "kept" is the kept company. Names with one letter are others.
PARENTS = {
    "the kept company keeps its parent": Parent({"kept": "A", "other": "B"}, "other", {"kept": "A"}),
    "without a parent, it stays without": Parent({"other": "B"}, "other", {}),
    "it gets the parent that was chosen": Parent(
        {"kept": "A", "other": "B"}, "other", {"kept": "B"}, "other"
    ),
    "it loses its parent if that was chosen": Parent({"kept": "A"}, "other", {}, "other"),
    "subsidiaries of the merged company move to it": Parent(
        {"A": "other", "B": "kept"}, "other", {"A": "kept", "B": "kept"}
    ),
    "a parent that is merged into it isn't its parent any more": Parent({"kept": "other"}, "other", {}),
    "a parent that is merged into it hands on its own parent": Parent(
        {"kept": "other", "other": "A"}, "other", {"kept": "A"}
    ),
    "a merged subsidiary leaves the kept company where it is": Parent(
        {"other": "kept", "kept": "A"}, "other", {"kept": "A"}
    ),
    "a chosen parent below it isn't taken, but its own": Parent(
        {"kept": "A", "B": "kept", "other": "B"}, "other", {"kept": "A", "B": "kept"}, "other"
    ),
    "a chosen parent far below it isn't taken": Parent(
        {"kept": "A", "B": "kept", "C": "B", "other": "C"},
        "other",
        {"kept": "A", "B": "kept", "C": "B"},
        "other",
    ),
    "what is below the merged company moves along, though it is far above the kept one": Parent(
        {"kept": "A", "A": "B", "B": "other", "other": "C"}, "other", {"kept": "C", "A": "B", "B": "kept"}
    ),
}


@pytest.mark.parametrize("case", PARENTS.values(), ids=PARENTS.keys())
def test_the_parent_of_a_merged_company(case, make_company):
    names = ("kept", "other", "A", "B", "C")
    companies = {name: make_company(name).pk for name in names}
    with operation("test", by=None):
        for name, parent in case.before.items():
            Company.objects.filter(pk=companies[name]).update(parent=companies[parent])
    kept, merged = companies["kept"], companies[case.merged]
    records = read_values(Company, [kept, merged])
    with operation("test", by=None):
        write_parents(records, {merged: kept}, {kept: companies[case.wanted]})
    found = Company.objects.exclude(parent=None).exclude(pk=merged).values_list("name", "parent__name")
    assert dict(found) == case.after


def test_of_two_kept_companies_that_each_get_the_other_as_parent_the_older_one_does(make_company):
    older, newer = make_company("older"), make_company("newer")
    below_older, below_newer = make_company("A", parent=older), make_company("B", parent=newer)
    ids = [older.pk, newer.pk, below_older.pk, below_newer.pk]
    pairs = {below_older.pk: newer.pk, below_newer.pk: older.pk}
    with operation("test", by=None):
        write_parents(read_values(Company, ids), pairs, {older.pk: below_newer.pk, newer.pk: below_older.pk})
    kept = Company.objects.filter(pk__in=ids[:2]).values_list("name", "parent__name")
    assert dict(kept) == {"older": "newer", "newer": None}


def test_a_kept_company_gets_no_parent_of_another_group(make_company):
    kept, other_kept, above = (make_company(name).pk for name in ("kept", "other kept", "above"))
    below = make_company("below", parent_id=kept).pk
    merged, other_merged = make_company("A", parent_id=below).pk, make_company("B", parent_id=above).pk
    ids = [kept, other_kept, merged, other_merged]
    with operation("test", by=None):
        write_parents(read_values(Company, ids), {merged: kept, other_merged: other_kept}, {kept: merged})
    assert Company.objects.get(pk=kept).parent is None


def test_only_the_companies_above_are_looked_at(make_company, monkeypatch):
    """A business may have a million others."""
    top, elsewhere = make_company("top"), make_company("elsewhere")
    kept, other = make_company("kept", parent=top), make_company("other")
    make_company("below", parent=elsewhere)
    looked_at: list[Any] = []
    monkeypatch.setattr(
        merging_parents,
        "_find_first_possible",
        lambda kept, choices, known, pairs: looked_at.append(dict(known)),
    )
    with operation("test", by=None):
        write_parents(read_values(Company, [kept.pk, other.pk]), {other.pk: kept.pk}, {})
    assert looked_at == [{kept.pk: top.pk, other.pk: None, top.pk: None}]


class Same(NamedTuple):
    """What a merge makes of an entry of the merged contact beside one of the kept contact."""

    kept: dict[str, Any]
    merged: dict[str, Any]
    stays: bool


DIRECTOR = {"role": "Director"}
SPRING, AUTUMN = date(2026, 3, 1), date(2026, 9, 1)
EMPLOYMENTS = {
    "the same position, without dates": Same(DIRECTOR, DIRECTOR, stays=False),
    "the same position, with the same dates": Same(
        DIRECTOR | {"started_on": SPRING, "ended_on": AUTUMN},
        DIRECTOR | {"started_on": SPRING, "ended_on": AUTUMN},
        stays=False,
    ),
    "the same position from another day": Same(
        DIRECTOR | {"started_on": SPRING}, DIRECTOR | {"started_on": AUTUMN}, stays=True
    ),
    "the same position until another day": Same(
        DIRECTOR | {"ended_on": SPRING}, DIRECTOR | {"ended_on": AUTUMN}, stays=True
    ),
    "the same position, of which one has a date": Same(
        DIRECTOR, DIRECTOR | {"started_on": AUTUMN}, stays=True
    ),
    "another position": Same(DIRECTOR, {"role": "Buyer"}, stays=True),
    "no position and a position": Same({"role": ""}, DIRECTOR, stays=True),
}


@pytest.mark.parametrize("case", EMPLOYMENTS.values(), ids=EMPLOYMENTS.keys())
@pytest.mark.parametrize("order", ["the kept one's was added first", "the merged one's was added first"])
def test_an_earlier_job_of_both_contacts(case, order, make_contact, make_company):
    company, kept, merged = make_company(), make_contact(), make_contact()
    with operation("test", by=None) as record:
        of = [(kept, case.kept), (merged, case.merged)]
        for contact, values in of if order.startswith("the kept") else of[::-1]:
            Employment.objects.create(contact=contact, company=company, **values)
        move_referring_rows(Contact, {merged.pk: kept.pk}, record.pk)
    assert Employment.objects.filter(contact=kept).count() == 2
    left = Employment.objects.filter(deleted_at=None)
    assert left.count() == (2 if case.stays else 1)


def test_of_two_merged_contacts_with_the_same_job_one_keeps_it(make_contact, make_company):
    company, kept, one, other = make_company(), make_contact(), make_contact(), make_contact()
    with operation("test", by=None) as record:
        first, second = (
            Employment.objects.create(contact=contact, company=company, **DIRECTOR)
            for contact in (one, other)
        )
        moved = move_referring_rows(Contact, {one.pk: kept.pk, other.pk: kept.pk}, record.pk)
    assert moved == {"employment": [first.pk, second.pk]}
    assert [*Employment.objects.filter(deleted_at=None)] == [first]


def test_only_activities_of_the_merged_record_move(make_contact):
    """Not those of other contacts, and not those of a lead with its number."""
    kept, merged, other = (make_contact().pk for _each in range(3))
    with operation("test", by=None) as record:
        notes = {
            name: Activity.objects.create(of=of, record=pk, type="note", text=name).pk
            for name, of, pk in (
                ("merged", "contact", merged),
                ("other", "contact", other),
                ("a lead", "lead", merged),
            )
        }
        assert move_referring_rows(Contact, {merged: kept}, record.pk) == {"activity": [notes["merged"]]}
    records = dict(Activity.objects.values_list("text", "record"))
    assert records == {"merged": kept, "other": other, "a lead": merged}


def test_the_parents_of_companies_are_not_moved_like_other_links():
    """They are written with the kept company, because a parent below it isn't taken."""
    assert (Company, "parent_id") not in get_moved_columns(Company)
    assert (Contact, "company_id") in get_moved_columns(Company)


@pytest.mark.parametrize(("model", "moves"), [(Lead, True), (Company, False)], ids=["leads", "companies"])
def test_what_a_form_brought_belongs_to_leads_alone(
    model, moves, ann, departments, sources, make_lead, make_company
):
    """Not to a company with the number of a lead."""
    first, second = make_lead().pk, make_lead().pk
    with operation("test", by=None) as record:
        given = {"department": departments.sales, "source": sources.website, "questions": []}
        form = WebForm.objects.create(name="Contact us", slug="contact", **given)
        submission = Submission.objects.create(form=form, lead_id=first)
        move_referring_rows(model, {first: second}, record.pk)
    submission.refresh_from_db()
    assert submission.lead_id == (second if moves else first)


class Received(NamedTuple):
    """A mailing that the merged company and another record received, and who has received it after the merge."""

    by: str
    table: str
    moves: bool


RECEIVED = {
    "only the merged company received it": Received("", "", True),
    "both received it": Received("kept", "company", False),
    "a contact with the number of the kept company received it": Received("kept", "contact", True),
    "another company received it": Received("other", "company", True),
}


@pytest.mark.parametrize("case", RECEIVED.values(), ids=RECEIVED)
def test_which_mailings_the_kept_company_has_received(case, ann, departments, make_company):
    kept, merged, other, earlier = (make_company(name).pk for name in ("kept", "merged", "other", "earlier"))
    ids = {"kept": kept, "other": other}
    pairs = {merged: kept}
    with operation("test", by=None) as record:
        one, another = (
            Mailing.objects.create(subject=subject, by=ann, department=departments.sales, ids=[])
            for subject in "AB"
        )
        moved = Delivery.objects.create(mailing=one, of="company", record=merged)
        # Another mailing says nothing of this one, and neither does a contact with the number of the merged company.
        Delivery.objects.create(mailing=another, of="company", record=kept)
        stranger = Delivery.objects.create(mailing=one, of="contact", record=merged)
        if case.by:
            Delivery.objects.create(mailing=one, of=case.table, record=ids[case.by])
        # A company that was merged into the kept one before stays so when this one is separated.
        for company in (merged, earlier):
            MergedRecord.objects.bulk_create([MergedRecord(table="company", record=company, into=kept)])
        move_referring_rows(Company, pairs, record.pk)

        def now() -> list[int]:
            return [Delivery.objects.get(pk=row.pk).record for row in (moved, stranger)]

        assert now() == [kept if case.moves else merged, merged]
        MergedRecord.objects.filter(record=merged).delete()
        move_untracked_rows_back(record.pk, "company")
        assert now() == [merged, merged]


def test_an_undo_says_how_much_was_added_since_record_by_record(make_lead, make_task):
    """In the order of the records; each count has the records that it is of."""
    leads = [make_lead(f"Ana {place}") for place in range(4)]
    for lead in leads:
        # An older task that was changed since isn't new.
        make_task("Before", lead, created_at=timezone.now() - timedelta(days=1))
    merge = Operation(at=timezone.now() - timedelta(minutes=1))
    # In the order of the records, but not of their tasks.
    for place in (3, 2, 0, 0):
        make_task("Since", leads[place])
    with operation("test", by=None):
        Activity.objects.create(of="lead", record=leads[1].pk, type="note", text="Since")
    make_task("Since, deleted", leads[2], deleted_at=merge.at)
    # At the same moment, which only the merge itself can have been before.
    make_task("At once", leads[1], created_at=merge.at)
    outcome = UndoResult("lead")
    _report_added_since("lead", merge, {leads[place].pk for place in (0, 1, 2)}, outcome)
    assert [*outcome.kept["lead"].items()] == [
        ("added_since_merge:2", [leads[0].pk, leads[1].pk]),
        ("added_since_merge:1", [leads[2].pk]),
    ]
