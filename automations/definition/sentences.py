"""Automations as sentences: when something happens, if conditions are met, then these steps."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from automations.definition.action_types import ACTIONS
from automations.definition.clock_sentences import THINGS, build_clock_sentence, describe_wait
from automations.definition.response_forms import get_end_reasons
from automations.definition.trigger_forms import (
    get_changeable_fields,
    get_sent_trigger_values,
    get_status_name,
    get_value_choices,
)
from automations.models import Automation, AutomationStep
from automations.models.automation import WAIT
from crm.platform.text.quotation import quote_text
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.records.listing.stored_conditions import describe_conditions
from crm.work.models.activity import Activity
from mailings.models import Mailing
from sequences.models import Sequence

Trigger = Automation.Trigger
# Choices that say nothing by themselves, such as the type "Call" of a task.
WITH_WORDS = {
    "type": _lazy("type %(value)s"),
    "user": _lazy("for %(value)s"),
    "sender": _lazy("from %(value)s"),
}

# Of triggers by mailings: of any mailing, and of one.
OF_ANY = {
    Trigger.MAILING_ANSWERED: _lazy("When %(thing)s answers a mailing"),
    Trigger.MAILING_OPENED: _lazy("When %(thing)s opens a mailing"),
    Trigger.MAILING_CLICKED: _lazy("When %(thing)s clicks a link in a mailing"),
    Trigger.MAILING_BOUNCED: _lazy("When a mailing to %(thing)s bounces"),
}
OF_ONE = {
    Trigger.MAILING_ANSWERED: _lazy("When %(thing)s answers the mailing “%(mailing)s”"),
    Trigger.MAILING_OPENED: _lazy("When %(thing)s opens the mailing “%(mailing)s”"),
    Trigger.MAILING_CLICKED: _lazy("When %(thing)s clicks a link in the mailing “%(mailing)s”"),
    Trigger.MAILING_BOUNCED: _lazy("When the mailing “%(mailing)s” to %(thing)s bounces"),
}


SENTENCES: dict[str, Any] = {
    Trigger.EMAIL_RECEIVED: _lazy("When %(thing)s sends you an email"),
    Trigger.MEETING_HELD: _lazy("When %(thing)s has a meeting held"),
    Trigger.NO_SHOW: _lazy("When %(thing)s doesn’t come to a meeting"),
    Trigger.BOOKING_MADE: _lazy("When %(thing)s books a meeting"),
    Trigger.BOOKING_MOVED: _lazy("When %(thing)s has a booked meeting moved"),
    Trigger.BOOKING_CANCELED: _lazy("When %(thing)s has a booked meeting canceled"),
}


def build_trigger_sentence(automation: Automation, viewer: Any) -> str:
    """When it acts: "When a lead is added", "When a lead gets the status Qualified"."""
    kind = KINDS[automation.table_of]
    sent = get_sent_trigger_values(kind, automation.trigger_values)
    values = {"thing": THINGS.get(kind.name, kind.words.one)}
    if automation.trigger == Trigger.ADDED:
        return _("When %(thing)s is added") % values
    if automation.acts_by_clock:
        return build_clock_sentence(automation, kind, viewer)
    if automation.trigger in SENTENCES:
        return SENTENCES[automation.trigger] % values
    if automation.trigger == Trigger.ACTIVITY:
        return _describe_activity(values, sent)
    if automation.is_by_mailings or automation.trigger == Trigger.SEQUENCE_ENDED:
        return _describe_response(automation, kind, viewer)
    if automation.trigger == Trigger.FIELD_CHANGED:
        return _describe_field_change(kind, values, sent, viewer)
    values["status"] = _describe_value(kind, get_status_name(kind), sent, "status", viewer)
    if automation.trigger == Trigger.STATUS_ENTERED:
        return _("When %(thing)s gets the status %(status)s") % values
    return _("When %(thing)s leaves the status %(status)s") % values


def _describe_response(automation: Automation, kind: Kind, viewer: Any) -> str:
    values = {"thing": THINGS.get(kind.name, kind.words.one)}
    if automation.trigger == Trigger.SEQUENCE_ENDED:
        return _describe_sequence_end(automation, kind, values)
    trigger = Trigger(automation.trigger)
    if "mailing" not in automation.trigger_values:
        return str(OF_ANY[trigger]) % values
    mailing = Mailing.objects.visible_to(viewer).filter(pk=automation.trigger_values["mailing"])
    subject = mailing.values_list("subject", flat=True).first()
    values["mailing"] = _("a mailing that you can’t see") if subject is None else subject
    return str(OF_ONE[trigger]) % values


def _describe_sequence_end(automation: Automation, kind: Kind, values: dict[str, Any]) -> str:
    chosen = automation.trigger_values
    if sequence := chosen.get("sequence"):
        name = Sequence.objects.active().filter(pk=sequence).values_list("name", flat=True).first()
        values["sequence"] = name or _("a sequence that no longer exists")
        words = _("When the sequence “%(sequence)s” ends for %(thing)s") % values
    else:
        words = _("When a sequence ends for %(thing)s") % values
    if reason := chosen.get("reason"):
        label = dict(get_end_reasons(kind)).get(reason, _("a value that no longer exists"))
        return f"{words}: {label}"
    return words


def _describe_field_change(kind: Kind, values: dict[str, Any], sent: dict[str, str], viewer: Any) -> str:
    field = sent.get("field", "")
    values["field"] = dict(get_changeable_fields(kind, viewer)).get(field, _("a field that no longer exists"))
    values |= {
        name: _describe_value(kind, field, sent, name, viewer) for name in ("from", "to") if name in sent
    }
    if "from" in sent and "to" in sent:
        return _("When “%(field)s” of %(thing)s changes from %(from)s to %(to)s") % values
    if "from" in sent:
        return _("When “%(field)s” of %(thing)s changes from %(from)s") % values
    if "to" in sent:
        return _("When “%(field)s” of %(thing)s changes to %(to)s") % values
    return _("When “%(field)s” of %(thing)s changes") % values


def _describe_activity(values: dict[str, Any], sent: dict[str, str]) -> str:
    if "type" not in sent:
        return _("When an activity of %(thing)s is logged") % values
    labels = dict(Activity.Type.choices)
    values["type"] = labels.get(sent["type"], _("a value that no longer exists"))
    return _("When an activity of %(thing)s is logged: %(type)s") % values


def _describe_value(kind: Kind, field: str, sent: dict[str, str], name: str, viewer: Any) -> str:
    labels = {value: str(label) for value, label in get_value_choices(kind, field, viewer)}
    return labels.get(sent.get(name, ""), _("a value that no longer exists"))


def describe_step(kind: Kind, step: AutomationStep, viewer: Any) -> str:
    """What a step does, with the values of its form: "Add a task: Call, due in 1 working day"."""
    action = ACTIONS.get(step.action)
    if action is None or not action.is_offered_for(kind):
        return _("an action that no longer exists")
    if step.action == WAIT:
        return describe_wait(step)
    form = action.build_form(kind, step.values, viewer)
    parts = [text for name in form.fields if (text := _describe_field(form, name, step.values))]
    return f"{action.label}: {', '.join(parts)}" if parts else str(action.label)


def _describe_field(form: Any, name: str, values: dict[str, Any]) -> str:
    """A choice by its label, anything else as it was entered."""
    value = values.get(name)
    if name == "asked" or value in (None, "", [], "to_do"):
        return ""
    if name == "days":
        number = int(value) if str(value).isdecimal() else 0
        words = ngettext("due in %(number)s working day", "due in %(number)s working days", number)
        return words % {"number": number}
    choices = getattr(form.fields[name], "choices", None)
    if choices is None:
        return quote_text(value) if name in ("title", "text") else str(value)
    labels = {str(key): str(label) for key, label in _flatten(choices)}
    found = ", ".join(labels.get(str(one), _("a value that no longer exists")) for one in _as_list(value))
    return str(WITH_WORDS[name]) % {"value": found} if name in WITH_WORDS else found


def _flatten(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, (list, tuple)):
            yield from _flatten(label)
        else:
            yield key, label


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def build_sentence(automation: Automation, viewer: Any) -> dict[str, Any]:
    """The parts of its sentence: `when`, `conditions` or '', and `steps` in words."""
    kind = KINDS[automation.table_of]
    return {
        "when": build_trigger_sentence(automation, viewer),
        "conditions": describe_conditions(kind, automation.conditions, viewer),
        "steps": [describe_step(kind, step, viewer) for step in automation.parsed_steps],
    }
