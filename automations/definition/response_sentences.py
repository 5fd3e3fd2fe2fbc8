"""Triggers by mailings and sequences in words: "When a lead opens the mailing “Price list”", "When the sequence “Welcome” ends for a lead"."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from automations.definition.clock_sentences import THINGS
from automations.definition.response_forms import get_end_reasons
from automations.models import Automation
from crm.records.kinds.kind_registry import Kind
from mailings.models import Mailing
from sequences.models import Sequence

Trigger = Automation.Trigger
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


def build_response_sentence(automation: Automation, kind: Kind, viewer: Any) -> str:
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
