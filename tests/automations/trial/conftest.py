"""Automations for trials."""

import pytest

from automations.models import Automation, AutomationTrial
from automations.models.automation_trial import build_definition
from automations.trial.trial_run import run_trial
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS


@pytest.fixture
def make_automation(ada):
    """make_automation("VIP", conditions="vip=yes", steps=[("tag", {"tags": [3]})], …): of Ada, for leads that are added, off."""

    def make(name: str = "New leads", *, steps=(("add_note", {"text": "Hello"}),), **values) -> Automation:
        fields = {"table_of": "lead", "owner": ada, **values}
        stored = [{"action": action, "values": given} for action, given in steps]
        with operation("test", by=None):
            return Automation.objects.create(name=name, steps=stored, **fields)

    return make


@pytest.fixture
def try_out(ada):
    """The finished trial of an automation over the last days."""

    def run(automation: Automation, viewer=ada, days: int = 90) -> AutomationTrial:
        trial = AutomationTrial.objects.create(
            automation=automation, user=viewer, days=days, definition=build_definition(automation)
        )
        run_trial(trial)
        return trial

    return run


@pytest.fixture
def change(ada):
    """change(record, by=bob, city="Cluj"): edit it as one operation."""

    def edit(record, *, by=ada, **values):
        rows = type(record).objects.filter(pk=record.pk)
        return carry_out(KINDS[record.table].edit(values), rows, by=by).operation

    return edit
