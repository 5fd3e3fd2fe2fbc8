"""Automations for tests, and the worker's turns."""

from typing import Any

from automations.models import Automation, AutomationRun, WakingOperation
from automations.running.waking_queue import run_next
from crm.models import Operation
from crm.records.history.verb_execution import operation

Result = AutomationRun.Outcome


def make_automation(name: str, owner: Any, *steps: tuple[str, dict[str, Any]], **values: Any) -> Automation:
    """An automation after all others, turned on, for leads that are added unless the values say otherwise. Without steps, it
    sets the city to its name."""
    given = steps or (("set", {"field": "city", "value": name}),)
    fields = {
        "table_of": "lead",
        "turned_on": True,
        "position": Automation.objects.count(),
        "steps": [{"action": action, "values": found} for action, found in given],
        **values,
    }
    with operation("test", by=None):
        return Automation.objects.create(name=name, owner=owner, **fields)


def work() -> int:
    """The worker's turns until nothing waits; how many there were."""
    turns = 0
    while run_next():
        turns += 1
    assert not WakingOperation.objects.exists()
    return turns


def outcomes_of(automation: Automation) -> list[tuple[int, str]]:
    """The record and the outcome of each row of the log."""
    rows = AutomationRun.objects.of_automation(automation.pk).order_by("waking", "record")
    return list(rows.values_list("record", "outcome"))


def written_by(automation: Automation) -> list[Operation]:
    return list(Operation.objects.filter(parameters__automation=automation.pk, undoes=None).order_by("pk"))
