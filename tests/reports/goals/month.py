"""Goals, and leads of this month that they count."""

from datetime import date

import pytest
from django.utils import timezone

from crm.models import Activity
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead
from leads.verbs import Move
from reports.goals.goal_month import get_current_month
from reports.models import Goal


@pytest.fixture
def goal(db):
    """goal("leads", 10, user=bob): a goal of this month."""

    def made(measure: str = "leads", target=10, **values) -> Goal:
        with operation("test", by=None):
            return Goal.objects.create(
                **{"month": get_current_month().first, "measure": measure, "target": target, **values}
            )

    return made


@pytest.fixture
def month_of_leads(make_lead, statuses, ada, bob, ben, dan, departments):
    """Bob got two leads this month and won one of them for 500; Ben got one, Dan in Export got one."""
    made = [
        make_lead("Jan Novák", owner=bob, value=500, currency="EUR"),
        make_lead("Eva Malá", owner=bob),
        make_lead("Zoe Adam", owner=ben),
        make_lead("Ion Pop", owner=dan, department=departments.export),
    ]
    carry_out(Move(status=statuses.won), Lead.objects.filter(pk=made[0].pk), by=ada)
    call = {"type": Activity.Type.CALL, "at": timezone.now(), "of": Lead.table, "record": made[1].pk}
    with operation("test", by=None):
        Activity.objects.create(created_by=bob, **call)
    return made


@pytest.fixture
def halfway(monkeypatch):
    """Friday, 13 November 2026: 10 of 21 working days."""
    day = date(2026, 11, 13)
    monkeypatch.setattr(timezone, "localdate", lambda *arguments: day)
    return day
