"""Which leads count as untouched, in reports and in the list."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from crm.models import Activity, Change, Operation
from crm.platform.database.partitioned_tables import CHANGES_TABLE
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Edit
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD
from leads.models import Lead
from reports.engine.progress_derivation import find_wrong_leads, store_progress_of_changes
from reports.models import CurrentProgress, LeadProgress

Type, Channel = Activity.Type, Operation.Channel
ASKED = (
    "measure=open_leads&measure=untouched_3&measure=untouched_7&measure=untouched_14&measure=untouched_30"
    "&measure=longest_wait"
)


def days_ago(days: float):
    return timezone.now() - timedelta(days=days)


def add_activity(lead, type_, days: float = 1, **values):
    with operation("test", by=values.get("created_by")):
        return Activity.objects.create(of="lead", record=lead.pk, type=type_, at=days_ago(days), **values)


def edit(lead, by, channel=Channel.WEB):
    carry_out(Edit({"city": "Cluj"}), Lead.objects.filter(pk=lead.pk), by=by, channel=channel)


def write(lead, **values):
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(**values or {"city": "Cluj"})


# What happened to a lead of Bob's that was added 40 days ago, and whether it was touched by that.
WHAT_TOUCHES = {
    "nothing": (lambda lead, cast: None, False),
    "a call that reached no one": (
        lambda lead, cast: add_activity(lead, Type.CALL, outcome=Activity.Outcome.NO_ANSWER),
        True,
    ),
    "a note": (lambda lead, cast: add_activity(lead, Type.NOTE), True),
    "a file": (lambda lead, cast: add_activity(lead, Type.FILE), True),
    "a meeting that is over": (lambda lead, cast: add_activity(lead, Type.MEETING), True),
    "a planned meeting": (
        lambda lead, cast: add_activity(lead, Type.MEETING, outcome=Activity.Plan.PLANNED),
        False,
    ),
    "an email that was sent": (
        lambda lead, cast: add_activity(lead, Type.EMAIL, outcome=Activity.Delivery.SENT),
        True,
    ),
    "an email that was received": (
        lambda lead, cast: add_activity(lead, Type.EMAIL, outcome=Activity.Delivery.RECEIVED),
        True,
    ),
    "an email that waits": (
        lambda lead, cast: add_activity(lead, Type.EMAIL, outcome=Activity.Delivery.SENDING),
        False,
    ),
    "an email that failed": (
        lambda lead, cast: add_activity(lead, Type.EMAIL, outcome=Activity.Delivery.FAILED),
        False,
    ),
    "an automatic reply": (
        lambda lead, cast: add_activity(lead, Type.EMAIL, outcome=Activity.Delivery.AUTOMATIC),
        False,
    ),
    "a private email": (
        lambda lead, cast: add_activity(
            lead, Type.EMAIL, outcome=Activity.Delivery.SENT, private_to=cast.bob
        ),
        False,
    ),
    "a note that was deleted": (
        lambda lead, cast: add_activity(lead, Type.NOTE, deleted_at=timezone.now()),
        False,
    ),
    "an edit by its owner": (lambda lead, cast: edit(lead, cast.bob), True),
    "an edit by a colleague": (lambda lead, cast: edit(lead, cast.ann), True),
    "a bulk change by its owner": (lambda lead, cast: edit(lead, cast.bob, Channel.BULK), True),
    "a bulk change by a colleague": (lambda lead, cast: edit(lead, cast.ann, Channel.BULK), False),
    "an import by its owner": (lambda lead, cast: edit(lead, cast.bob, Channel.IMPORT), False),
    "a program of its owner": (lambda lead, cast: edit(lead, cast.bob, Channel.API), False),
    "an automatic change": (lambda lead, cast: write(lead), False),
    "another owner": (lambda lead, cast: write(lead, owner=cast.ben), True),
}


@pytest.fixture
def added():
    return days_ago(40)


@pytest.mark.parametrize("name", WHAT_TOUCHES)
def test_a_lead_is_touched_by_what_a_person_did_with_it(make_lead, cast, added, name):
    happens, touched = WHAT_TOUCHES[name]
    lead = make_lead(owner=cast.bob, created_at=added, assigned_at=added)
    happens(lead, cast)
    found = CurrentProgress.objects.get(pk=lead.pk).touched_at
    assert (found > lead.created_at) is touched
    while store_progress_of_changes():
        pass
    assert LeadProgress.objects.get(pk=lead.pk).touched_at == found
    assert find_wrong_leads() == []


def test_the_worker_derives_a_lead_again_after_each_change_of_its_activities(make_lead, cast, added):
    lead = make_lead(owner=cast.bob, created_at=added, assigned_at=added)
    other = make_lead(owner=cast.bob, created_at=added, assigned_at=added)
    note = add_activity(lead, Type.NOTE)

    def touched() -> tuple[bool, bool]:
        while store_progress_of_changes():
            pass
        rows = LeadProgress.objects.in_bulk()
        return tuple(rows[one.pk].touched_at > one.created_at for one in (lead, other))

    assert touched() == (True, False)
    with operation("test", by=None):
        Activity.objects.filter(pk=note.pk).update(record=other.pk)
    assert touched() == (False, True)
    with operation("test", by=None):
        Activity.objects.filter(pk=note.pk).delete()
    assert touched() == (False, False)


def test_edits_of_months_that_were_deleted_leave_the_stored_moment_as_it_is(
    make_lead, cast, added, monkeypatch
):
    lead = make_lead(owner=cast.bob, created_at=added, assigned_at=added)
    edit(lead, cast.bob)
    while store_progress_of_changes():
        pass
    Change.objects.filter(table="lead", row=lead.pk, kind=Change.Kind.UPDATE).delete()
    assert find_wrong_leads() == [lead.pk]
    monkeypatch.setattr(type(CHANGES_TABLE), "get_start", lambda table: timezone.now())
    assert find_wrong_leads() == []


@pytest.fixture
def waiting(make_lead, cast, departments):
    """Leads of Bob, Ben and no one that have waited for 1 to 31 days, one that was lost, and one of Dan in another department."""

    def wait(days: float, owner=None, **values):
        return make_lead(
            f"Lead {days}",
            owner=owner,
            created_at=days_ago(60),
            assigned_at=days_ago(days) if owner else None,
            **values,
        )

    leads = [wait(days, cast.bob) for days in (1, 3.1, 6.9, 7.1)]
    leads += [wait(days, cast.ben) for days in (13.9, 14.1, 31)]
    leads += [wait(40), wait(50, cast.bob, status="lost")]
    wait(20, cast.dan, department=departments.export)
    return leads


# Written apart from the product: who waits for so many days, from the tables that people write.
PLAIN = """
    SELECT l.id FROM leads_lead l JOIN leads_status s ON s.id = l.status_id
    WHERE s.kind IN ('new', 'contacted', 'qualified', 'proposal') AND l.deleted_at IS NULL AND l.department_id = %s
      AND l.created_at <= now() - make_interval(days => %s)
      AND (l.assigned_at IS NULL OR l.assigned_at <= now() - make_interval(days => %s))
      AND NOT EXISTS (
        SELECT FROM crm_activity a WHERE a.of = 'lead' AND a.record = l.id AND a.deleted_at IS NULL
          AND a.private_to_id IS NULL AND a.at > now() - make_interval(days => %s)
          AND a.outcome NOT IN ('planned', 'sending', 'failed', 'automatic'))
      AND NOT EXISTS (
        SELECT FROM crm_change c JOIN crm_operation o ON o.id = c.operation_id
        WHERE c."table" = 'lead' AND c."row" = l.id AND c.kind = 'update' AND c.at > now() - make_interval(days => %s)
          AND o.by_id IS NOT NULL AND (o.channel = 'web' OR o.channel = 'bulk' AND o.by_id = l.owner_id))
"""


def find_plainly(department, days: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN, [department.pk, days, days, days, days])
        return {pk for (pk,) in cursor.fetchall()}


def test_untouched_leads_are_counted_by_owner(waiting, asked, numbers, ann):
    add_activity(waiting[1], Type.CALL, days=0.5, created_by=ann)
    found = numbers(asked(f"{ASKED}&by=owner", ann))
    assert {name: values[:5] for name, values in found.items()} == {
        "Bob": (4, 2, 1, 0, 0),
        "Ben": (3, 3, 3, 2, 1),
        "Unassigned": (1, 1, 1, 1, 1),
    }
    assert {name: round(values[5], 1) for name, values in found.items()} == {
        "Bob": 7.1,
        "Ben": 31.0,
        "Unassigned": 60.0,
    }


@pytest.mark.parametrize("days", [3, 7, 14, 30])
def test_the_number_the_list_and_plain_sql_find_the_same_leads(
    waiting, asked, listed, departments, ann, cast, days
):
    add_activity(waiting[5], Type.NOTE, days=1)
    edit(waiting[6], cast.ann)
    edit(waiting[7], cast.ann, Channel.BULK)
    plain = find_plainly(departments.sales, days)
    assert plain
    found = asked(f"{ASKED}&by=owner", ann)
    assert listed(found, found.total, f"untouched_{days}", ann) == plain
    by_owner = [listed(found, group, f"untouched_{days}", ann) for group in found.groups]
    assert sorted(pk for leads in by_owner for pk in leads) == sorted(plain)
    listing = RecordList(LEAD, QueryDict(f"untouched={days}"), ann)
    assert listing.errors == []
    assert set(listing.visible.values_list("pk", flat=True)) == plain


def test_the_list_without_untouched_leads_has_all_the_others(waiting, departments, ann):
    listing = RecordList(LEAD, QueryDict("untouched=7&untouched_not=on"), ann)
    plain = find_plainly(departments.sales, 7)
    assert set(listing.visible.values_list("pk", flat=True)) == {lead.pk for lead in waiting} - plain


def test_another_number_of_days_is_refused_with_a_sentence(waiting, ann):
    listing = RecordList(LEAD, QueryDict("untouched=8"), ann)
    assert listing.errors


def test_managers_see_the_untouched_leads_of_their_departments_only(waiting, asked, numbers, cast):
    assert list(numbers(asked(f"{ASKED}&by=owner", cast.carla))) == ["Dan"]
    assert set(numbers(asked(f"{ASKED}&by=owner", cast.conrad))) == {"Bob", "Ben", "Dan", "Unassigned"}


def test_the_page_shows_how_many_leads_of_each_owner_are_untouched(waiting, sign_in, ann):
    page = sign_in(ann).get("/admin/reports/untouched").content.decode()
    for text in ("Untouched leads", "Untouched for 7 days", "Longest wait", "Ben"):
        assert text in page


def test_the_palette_finds_untouched_leads_by_other_names(sign_in, ann):
    found = sign_in(ann).get("/admin/jump", {"q": "neglected"}).content.decode()
    assert "Untouched leads" in found
