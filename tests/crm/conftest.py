"""Tasks of Bob, for the tests of tasks and of boards."""

import pytest

from crm.models import Task
from crm.records.history.verb_execution import carry_out
from crm.work.tasks.verbs import AddTask
from leads.models import Lead


@pytest.fixture
def plan(bob):
    """plan(lead, "Call back", due_on=…) adds a task for Bob."""

    def planned(lead, title: str = "Call back", **values) -> Task:
        carry_out(
            AddTask(bob, {"title": title, "user": bob, **values}), Lead.objects.filter(pk=lead.pk), by=bob
        )
        return Task.objects.latest("pk")

    return planned
