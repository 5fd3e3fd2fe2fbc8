"""Tasks and meetings in a calendar."""

from datetime import date, datetime

import pytest

from crm.models import Activity, Task
from crm.records.history.verb_execution import operation


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


@pytest.fixture
def plan(bob):
    def planned(lead, title: str, due_on: date, **values) -> Task:
        with operation("add_task", table="lead", by=bob):
            return Task.objects.create(
                **{"of": "lead", "record": lead.pk, "title": title, "user": bob, "due_on": due_on, **values}
            )

    return planned


@pytest.fixture
def meet(bob):
    def met(lead, subject: str, at: datetime, **values) -> Activity:
        with operation("add_activity", table="lead", by=bob):
            return Activity.objects.create(
                of="lead",
                record=lead.pk,
                subject=subject,
                at=at,
                **{"type": "meeting", "created_by": bob, **values},
            )

    return met
