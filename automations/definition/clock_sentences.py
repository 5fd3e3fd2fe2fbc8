"""Triggers by the clock and waits in words: "When nothing has happened to a lead for 5 working days (at 08:00)"."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from automations.definition.clock_forms import AFTER, BEFORE, WORKING_DAYS
from automations.definition.trigger_dates import get_date_fields
from automations.definition.wait_step import DAYS, HOURS
from automations.models import Automation, AutomationStep
from crm.records.kinds.kind_registry import Kind

Trigger = Automation.Trigger
# In sentences, with its article.
THINGS = {
    "lead": _lazy("a lead"),
    "company": _lazy("a company"),
    "contact": _lazy("a contact"),
    "deal": _lazy("a deal"),
    "request": _lazy("a request"),
}


def build_clock_sentence(automation: Automation, kind: Kind, viewer: Any) -> str:
    """When an automation by the clock acts."""
    found = automation.trigger_values
    if automation.trigger == Trigger.MEETING_TIME:
        return _describe_meeting_time(found, kind)
    values = {"thing": THINGS.get(kind.name, kind.words.one), "time": found["time"]}
    if automation.trigger == Trigger.DAILY:
        if found["on"] == WORKING_DAYS:
            return _("Each working day at %(time)s, for %(thing)s") % values
        return _("Each day at %(time)s, for %(thing)s") % values
    if automation.trigger == Trigger.DATE:
        return _describe_date(found, values, kind, viewer)
    number = values["number"] = found.get("quiet") or found.get("days")
    if automation.trigger == Trigger.QUIET:
        words = ngettext(
            "When nothing has happened to %(thing)s for %(number)s working day, at %(time)s",
            "When nothing has happened to %(thing)s for %(number)s working days, at %(time)s",
            number,
        )
    else:
        words = ngettext(
            "When a task of %(thing)s has been overdue for %(number)s working day, at %(time)s",
            "When a task of %(thing)s has been overdue for %(number)s working days, at %(time)s",
            number,
        )
    return words % values


def _describe_date(found: dict[str, Any], values: dict[str, Any], kind: Kind, viewer: Any) -> str:
    labels = dict(get_date_fields(kind, viewer))
    values["field"] = labels.get(found["field"], _("a field that no longer exists"))
    number = values["number"] = found["days"]
    if found["side"] == BEFORE:
        words = ngettext(
            "%(number)s day before “%(field)s” of %(thing)s, at %(time)s",
            "%(number)s days before “%(field)s” of %(thing)s, at %(time)s",
            number,
        )
    elif found["side"] == AFTER:
        words = ngettext(
            "%(number)s day after “%(field)s” of %(thing)s, at %(time)s",
            "%(number)s days after “%(field)s” of %(thing)s, at %(time)s",
            number,
        )
    else:
        words = _("On the day of “%(field)s” of %(thing)s, at %(time)s")
    return words % values


def _describe_meeting_time(found: dict[str, Any], kind: Kind) -> str:
    number = found["number"]
    values = {"thing": THINGS.get(kind.name, kind.words.one), "number": number}
    if found["side"] == BEFORE and found["unit"] == HOURS:
        words = ngettext(
            "%(number)s hour before %(thing)s has a meeting",
            "%(number)s hours before %(thing)s has a meeting",
            number,
        )
    elif found["side"] == BEFORE:
        words = ngettext(
            "%(number)s day before %(thing)s has a meeting",
            "%(number)s days before %(thing)s has a meeting",
            number,
        )
    elif found["unit"] == HOURS:
        words = ngettext(
            "%(number)s hour after %(thing)s had a meeting, unless no one came",
            "%(number)s hours after %(thing)s had a meeting, unless no one came",
            number,
        )
    else:
        words = ngettext(
            "%(number)s day after %(thing)s had a meeting, unless no one came",
            "%(number)s days after %(thing)s had a meeting, unless no one came",
            number,
        )
    return words % values


def describe_wait(step: AutomationStep) -> str:
    """ "Wait 2 working days"."""
    text = str(step.values.get("number", ""))
    number = int(text) if text.isdecimal() else 0
    unit = step.values.get("unit")
    if unit == HOURS:
        words = ngettext("Wait %(number)s hour", "Wait %(number)s hours", number)
    elif unit == DAYS:
        words = ngettext("Wait %(number)s day", "Wait %(number)s days", number)
    else:
        words = ngettext("Wait %(number)s working day", "Wait %(number)s working days", number)
    return words % {"number": number}
