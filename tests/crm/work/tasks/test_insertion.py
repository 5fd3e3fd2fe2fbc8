"""The same task for many records: what one statement writes is what the model would."""

from datetime import date

import pytest

from crm.models import Change, Task
from crm.records.history.verb_execution import carry_out, operation
from crm.work.tasks.verbs import AddTask
from leads.models import Lead

pytestmark = pytest.mark.django_db

OWN = {"id", "record", "created_at", "updated_at"}
GIVEN = {"title": "Call", "due_on": date(2099, 1, 5), "type": "call", "priority": "high"}


def read(task: Task) -> dict:
    values = {field.attname: getattr(task, field.attname) for field in Task._meta.concrete_fields}
    return {name: value for name, value in values.items() if name not in OWN}


@pytest.mark.parametrize("given", [{"title": "Call"}, GIVEN], ids=["defaults", "values"])
@pytest.mark.parametrize("to_owners", [False, True])
def test_tasks_added_in_one_statement_are_those_that_the_model_would_save(
    ann, bob, make_lead, given, to_owners
):
    leads = [make_lead(owner=owner) for owner in (ann, bob, None)]
    user = {} if to_owners else {"user": ann}
    verb = AddTask(by=ann, task={**given, **user}, to_owners=to_owners)
    outcome = carry_out(verb, Lead.objects.filter(pk__in=[lead.pk for lead in leads]), by=ann)
    added = {task.record: task for task in Task.objects.filter(record__in=outcome.changed)}
    assert sorted(added) == [lead.pk for lead in leads]
    for lead in leads:
        with operation("test", by=None):
            chosen = {"user": lead.owner} if to_owners else user
            saved = Task.objects.create(of="lead", record=lead.pk, created_by=ann, **given, **chosen)
        saved.refresh_from_db()
        assert read(added[lead.pk]) == read(saved)
    changes = Change.objects.filter(table="task", operation=outcome.operation)
    assert changes.count() == 3
