"""Which leads without an owner a user is offered, and in which order."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from crm.records.history.verb_execution import operation
from leads.models import Lead, QueueHold, QueueRules, QueueStep
from leads.queue import waiting_leads
from leads.queue.waiting_leads import get_unassigned_leads

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TAKES = ("leads.take_lead", "leads.change_lead")


class Case(NamedTuple):
    """A lead of Bob's department; `held` is who was given it and for how many hours from now, `done` when his step on it ends."""

    offered: list[str]
    lead: dict[str, Any] = {}
    held: tuple[str, int] | None = None
    done: tuple[str, int] | None = None
    rights: tuple[str, ...] = TAKES
    rules: dict[str, int] = {}


NEW, DUE, LATE = ["new"], ["contact_today", "new"], ["contact_overdue", "new"]
CASES = {
    "a new lead": Case(NEW),
    "a lead with an owner": Case([], {"owner": "ben"}),
    "his own lead": Case([], {"owner": "bob"}),
    "a lead in Trash": Case([], {"deleted_at": timezone.now}),
    "a lead that was erased": Case([], {"erased_at": timezone.now}),
    "a lead of another department": Case([], {"department": "export"}),
    "a lead in another status": Case([], {"status": "contacted"}),
    "a lead in another status, whose first contact is due": Case(
        ["contact_overdue"], {"status": "contacted", "contact_due_at": -HOUR}
    ),
    "a lead whose first contact is overdue": Case(LATE, {"contact_due_at": -HOUR}),
    "a lead whose first contact is due in a month": Case(NEW, {"contact_due_at": timedelta(days=30)}),
    "a lead that was contacted": Case([], {"first_contacted_at": -HOUR}),
    "a lead that a colleague was given": Case([], held=("ben", 1)),
    "a lead that a colleague had": Case(NEW, held=("ben", -1)),
    "a lead that he was given": Case(NEW, held=("bob", 1)),
    "a lead that he has skipped": Case([], done=("bob", 1)),
    "a lead that he had skipped": Case(NEW, done=("bob", -1)),
    "a lead that a colleague has skipped": Case(NEW, done=("ben", 1)),
    "he may not take leads": Case([], rights=TAKES[1:]),
    "he may not change leads": Case([], rights=TAKES[:1]),
    "new leads are in no queue": Case([], rules={"new": 0}),
    "new leads are in no queue, and its first contact is overdue": Case(
        ["contact_overdue"], {"contact_due_at": -HOUR}, rules={"new": 0}
    ),
    "no first contact is in a queue": Case(
        NEW, {"contact_due_at": -HOUR}, rules={"contact_overdue": 0, "contact_today": 0}
    ),
    "only overdue first contacts are in the queue": Case(
        ["contact_overdue"], {"contact_due_at": -HOUR}, rules={"new": 0, "contact_today": 0}
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_whether_a_lead_without_an_owner_is_offered(case, cast, departments, make_lead):
    bob, now = cast.bob, timezone.now()
    people, places = vars(cast), vars(departments)
    read = {"owner": people.get, "department": places.get, "status": str}
    values = {
        name: read[name](value) if name in read else value() if callable(value) else now + value
        for name, value in case.lead.items()
    }
    due = {"contact_due_at": values.pop("contact_due_at", None)}
    lead = make_lead("Jan Novák", **values)
    with operation("test", by=None):
        # Otherwise, its source and status say when it is due.
        Lead.objects.filter(pk=lead.pk).update(**due)
    if case.held:
        name, hours = case.held
        QueueHold.objects.create(lead=lead.pk, user=people[name], until=now + hours * HOUR)
    if case.done:
        name, hours = case.done
        with operation("test", by=None) as record:
            QueueStep.objects.create(
                user=people[name], lead=lead.pk, day=now.date(), outcome="skipped", operation=record.pk,
                until=now + hours * HOUR,
            )  # fmt: skip
    # Another lead's step and hold say nothing.
    QueueHold.objects.create(lead=lead.pk + 1000, user=cast.ben, until=now + HOUR)
    with operation("test", by=None) as record:
        QueueStep.objects.create(
            user=bob, lead=lead.pk + 1000, day=now.date(), outcome="skipped", operation=record.pk,
            until=now + HOUR,
        )  # fmt: skip
    vars(bob).update(granted_permissions={*case.rights, "leads.view_lead", "accounts.see_own"})
    found = get_unassigned_leads(bob, QueueRules(**case.rules))
    assert [(place.lead, sorted(code for code, _moment in place.moments)) for place in found] == (
        [(lead.pk, sorted(case.offered))] if case.offered else []
    )


def test_leads_of_each_department_of_the_user_are_offered_the_newest_first(
    cast, departments, make_lead, monkeypatch
):
    bob = cast.bob
    there = [departments.sales, departments.export]
    leads = [make_lead(f"Ana {place}", department=there[place % 2]) for place in range(6)]
    with operation("test", by=None):
        for place, lead in enumerate(leads):
            since = timezone.now() - timedelta(days=10 - place)
            Lead.objects.filter(pk=lead.pk).update(status_since=since)
    vars(bob).update(granted_permissions={*TAKES, "leads.view_lead", "accounts.see_own"})
    for ids, expected in (([], []), (there[:1], leads[4::-2]), (there, leads[::-1])):
        vars(bob)["department_ids"] = [department.pk for department in ids]
        assert [place.lead for place in get_unassigned_leads(bob, QueueRules())] == [
            lead.pk for lead in expected
        ]


@pytest.mark.parametrize("days", [(9, 5, 4, 3, 2, 1), (1,) * 6], ids=["by their days", "by their numbers"])
def test_only_the_newest_leads_are_looked_through(days, cast, make_lead, monkeypatch):
    """The oldest of six has come back to its status, so it would be offered first."""
    monkeypatch.setattr(waiting_leads, "MOST", 1)
    now = timezone.now()
    leads = [make_lead(f"Ana {place}", created_at=now - ago * 24 * HOUR) for place, ago in enumerate(days)]
    with operation("test", by=None):
        for place, lead in enumerate(leads):
            since = now - (HOUR if place in (0, 2) else 2 * HOUR) - place * timedelta(minutes=1)
            Lead.objects.filter(pk=lead.pk).update(status_since=since, contact_due_at=None)
    vars(cast.bob).update(granted_permissions={*TAKES, "leads.view_lead", "accounts.see_own"})
    assert [place.lead for place in get_unassigned_leads(cast.bob, QueueRules())] == [leads[2].pk]
