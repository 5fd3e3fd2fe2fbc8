"""Turning automations on and off, by people and by the worker: each a change of settings."""

from typing import Any

from automations.models import Automation, AutomationState
from automations.notifications import notify_of_automation
from crm.models import Operation
from crm.records.editing.settings_change import record_settings_change


def turn_on(automation: Automation, *, by: Any) -> Operation:
    """It begins with the operations from now on. Nothing that was waiting for it, because it was turned off, is done later."""
    with record_settings_change("edit_automation", by=by, rows=[automation.pk], act="on") as record:
        Automation.objects.filter(pk=automation.pk).update(turned_on=True, off_reason="")
    AutomationState.objects.filter(automation=automation).delete()
    return record


def turn_off(automation: Automation, *, by: Any) -> Operation:
    with record_settings_change("edit_automation", by=by, rows=[automation.pk], act="off") as record:
        Automation.objects.filter(pk=automation.pk).update(turned_on=False)
    return record


def turn_off_for_reason(automation: Automation, reason: str) -> None:
    """By the worker, with a notification to its owner and to administrators."""
    channel = Operation.Channel.SYSTEM
    with record_settings_change(
        "edit_automation", by=None, channel=channel, rows=[automation.pk], act="off"
    ) as record:
        Automation.objects.filter(pk=automation.pk).update(turned_on=False, off_reason=reason)
    if record.pk:
        notify_of_automation(automation, "automation_off", reason=reason)
