"""What becomes of a wait when its record goes to Trash, is merged, converted or deleted permanently, judged at the end of the wait."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.utils import timezone

from automations.models import AutomationRun, WaitingRecord
from automations.running.log_cleanup import delete_runs_of_records
from automations.running.waiting_steps import waiting_records_queryset
from automations.running.waking_queue import run_due_wait
from crm.models import Activity, MergedRecord
from crm.records.history.verb_execution import carry_out, operation
from leads import verbs
from leads.models import Lead
from tests.automations.automating import make_automation, work

pytestmark = pytest.mark.django_db

DAYS = 2
Act = Callable[[Any, Any], None]


def rows(lead: Any) -> Any:
    return Lead.objects.filter(pk=lead.pk)


def delete(lead: Any, by: Any) -> None:
    carry_out(verbs.Delete(), rows(lead), by=by)


def restore(lead: Any, by: Any) -> None:
    carry_out(verbs.Restore(), rows(lead), by=by)


def merge(lead: Any, by: Any) -> None:
    with operation("test", by=by):
        MergedRecord.objects.create(table="lead", record=lead.pk, into=lead.pk + 1)
        rows(lead).update(deleted_at=timezone.now())


def unmerge(lead: Any, by: Any) -> None:
    with operation("test", by=by):
        MergedRecord.objects.all().delete()
        rows(lead).update(deleted_at=None)


def purge(lead: Any, by: Any) -> None:
    delete_runs_of_records("lead", [lead.pk])


def leave(lead: Any, by: Any) -> None:
    carry_out(verbs.Edit({"vip": False}), rows(lead), by=by)


class Case(NamedTuple):
    """What happens before the end of the wait and after it; whether it counts as waiting in between; what the log says, if anything,
    and whether the step after the wait is done."""

    before: tuple[Act, ...]
    waits: bool
    outcome: str
    acts: bool = False
    after: tuple[Act, ...] = ()


CASES = {
    "stays": Case((), True, "acted", acts=True),
    "goes to Trash": Case((delete,), False, "trash"),
    "is restored before the end": Case((delete, restore), True, "acted", acts=True),
    "is restored after the end": Case((delete,), False, "trash", after=(restore,)),
    "goes to Trash after the end": Case((), True, "acted", acts=True, after=(delete,)),
    "is merged into another one": Case((merge,), False, "merged"),
    "is merged, and that is undone before the end": Case((merge, unmerge), True, "acted", acts=True),
    "is deleted permanently": Case((delete, purge), False, ""),
    "no longer meets the conditions": Case((leave,), True, "unmet"),
    "no longer meets them and goes to Trash": Case((leave, delete), False, "trash"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_becomes_of_a_wait(case, ada, make_lead):
    steps = (("wait", {"number": str(DAYS), "unit": "days"}), ("add_note", {"text": "Later"}))
    automation = make_automation("Later", ada, *steps, conditions="vip=yes")
    lead = make_lead(vip=True)
    work()
    assert WaitingRecord.objects.count() == 1
    for act in case.before:
        act(lead, ada)
    assert waiting_records_queryset(automation, ada).exists() is case.waits
    end_waits()
    for act in case.after:
        act(lead, ada)
    end_waits()
    found = AutomationRun.objects.filter(step=1).values_list("outcome", flat=True)
    assert list(found) == ([case.outcome] if case.outcome else [])
    assert Activity.objects.filter(text="Later").count() == int(case.acts)
    assert not WaitingRecord.objects.exists()


def end_waits() -> None:
    with transaction.atomic():
        while run_due_wait(timezone.now() + timedelta(days=DAYS + 1)):
            pass
