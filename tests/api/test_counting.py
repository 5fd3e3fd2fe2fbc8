"""The number of all that match is exact, whatever has happened since it was counted."""

import random

import pytest

from crm.change import carry_out
from crm.models import Operation
from crm.undo import undo
from leads.api import counting
from leads.models import Lead, Status
from leads.verbs import Assign, Bin, ChangeDepartment, Edit, Move, Purge, Restore, SetVip

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture(autouse=True)
def nobody_else_writes(monkeypatch):
    """Tests that run beside these write on the same server, and a count is kept in quiet moments only."""
    asked = counting._state
    monkeypatch.setattr(counting, "_state", lambda: (asked()[0], True))


def sets(people):
    for user in people:
        rows = Lead.objects.present().visible_to(user)
        yield from (
            rows,
            rows.in_statuses([row.pk for row in Status.objects.of_kind("qualified")]),
            rows.owned_by(user),
        )


def compare(people) -> None:
    for rows in sets(people):
        assert counting.count(rows) == rows.count()


def test_a_count_is_exact_after_every_kind_of_change(cast, make_lead, statuses, departments, reasons):
    counting._kept.clear()
    people = [cast.ann, cast.bob, cast.carla, cast.ada]
    leads = [
        make_lead(f"Lead {number}", owner=random.choice([None, cast.bob, cast.ann])) for number in range(12)
    ]
    compare(people)
    assert counting._kept
    verbs = [
        Move(statuses.qualified),
        Move(statuses.lost, reasons.budget),
        Assign(cast.dan),
        Assign(cast.bob),
        Assign(None),
        ChangeDepartment(departments.export),
        Bin(),
        Restore(),
        SetVip(True),
        Edit({"shared": True}),
        Edit({"shared": False, "status": statuses.qualified}),
        Purge(),
    ]
    chosen = random.Random(7)
    for step in range(60):
        verb = chosen.choice(verbs[:-1]) if step < 50 else chosen.choice(verbs)
        rows = Lead.objects.in_bin() if isinstance(verb, Restore | Purge) else Lead.objects.present()
        ids = [lead.pk for lead in chosen.sample(leads, 3)]
        carry_out(verb, rows.filter(pk__in=ids), by=cast.ada)
        if step % 7 == 3:
            record = Operation.objects.filter(changed__gt=0).exclude(kind="undo").order_by("?").first()
            if record and not record.undone_by.exists():
                undo(record, by=cast.ada)
        if step % 5 == 0:
            leads.append(make_lead(f"More {step}", owner=cast.bob, status="qualified"))
        if step % 3 == 0:
            compare(people)
    compare(people)


def test_a_kept_count_is_not_counted_again(ann, make_lead, django_assert_num_queries):
    counting._kept.clear()
    make_lead()
    rows = Lead.objects.present().visible_to(ann)
    assert counting.count(rows) == 1
    with django_assert_num_queries(1):
        assert counting.count(rows) == 1


def test_after_very_many_changes_all_are_counted_anew(ann, make_lead, monkeypatch):
    counting._kept.clear()
    monkeypatch.setattr(counting, "MOST_CHANGES", 2)
    rows = Lead.objects.present().visible_to(ann)
    make_lead()
    assert counting.count(rows) == 1
    for _number in range(5):
        make_lead()
    assert counting.count(rows) == 6
