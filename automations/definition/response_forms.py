"""The forms of triggers by what people do with emails: which mailing, and which sequence ended for which reason."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from automations.models import Automation
from crm.platform.web.id_parsing import parse_number
from crm.platform.web.rendering.form_rendering import Form
from crm.records.kinds.kind_registry import Kind
from mailings.models import Mailing
from sequences.models import Enrollment, Sequence

Trigger, Reason = Automation.Trigger, Enrollment.StopReason
# So many mailings are offered, the newest ones. The one that was chosen always is.
MOST_MAILINGS = 100
# What a mailing has to record for the trigger, and what the form says of it.
RECORDED_BY = {Trigger.MAILING_OPENED: "tracks_opens", Trigger.MAILING_CLICKED: "tracks_clicks"}
HELP = {
    Trigger.MAILING_ANSWERED: _("The first reply counts. Automatic replies don’t."),
    Trigger.MAILING_OPENED: _(
        "The first time counts, and only of mailings that track opens. Many email programs hide opens or report too many."
    ),
    Trigger.MAILING_CLICKED: _(
        "The first click in a mailing counts, and only of mailings that track clicks."
    ),
    Trigger.MAILING_BOUNCED: _("Emails that come back because the address can’t receive any."),
}
# Of records that are gone, no automation can do anything with them.
OF_GONE_RECORDS = (Reason.MERGED, Reason.DELETED, Reason.ERASED, Reason.UNDONE)


class MailingForm(Form):
    """One mailing, or any. Also a draft, so that the automation is ready when the mailing is sent."""

    mailing = forms.ChoiceField(
        label=_("Mailing"), required=False, widget=forms.Select(attrs={"class": "input"})
    )

    def __init__(self, *arguments, kind: Kind, user: Any, trigger: str = "", **keywords) -> None:
        super().__init__(*arguments, **keywords)
        chosen = self.data.get(self.add_prefix("mailing"), "")
        self.fields["mailing"].choices = [
            ("", _("any mailing")),
            *get_mailing_choices(kind, user, trigger, chosen),
        ]
        self.fields["mailing"].help_text = HELP.get(Trigger(trigger), "") if trigger else ""

    def get_values(self) -> dict[str, Any]:
        chosen = self.cleaned_data["mailing"]
        return {"mailing": int(chosen)} if chosen else {}


def get_mailing_choices(kind: Kind, user: Any, trigger: str, chosen: str = "") -> list[tuple[str, str]]:
    """The mailings that the user sees, that go to such records and record what the trigger is about, the newest first."""
    # A mailing to companies goes to their contacts.
    tables = ["contact", "company"] if kind.name == "contact" else [kind.name]
    rows = Mailing.objects.visible_to(user).filter(of__in=tables).exclude(state=Mailing.State.CANCELLED)
    if column := RECORDED_BY.get(Trigger(trigger)):
        rows = rows.filter(**{column: True})
    newest = rows.newest_first().values("pk")[:MOST_MAILINGS]
    number = parse_number(chosen)
    kept = Q(pk=number) if number else Q()
    found = (
        rows.filter(Q(pk__in=list(newest.values_list("pk", flat=True))) | kept)
        if kept
        else rows.filter(pk__in=newest)
    )
    return [(str(pk), subject) for pk, subject in found.newest_first().values_list("pk", "subject")]


class SequenceEndForm(Form):
    sequence = forms.ChoiceField(
        label=_("Sequence"), required=False, widget=forms.Select(attrs={"class": "input"})
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
        help_text=_("An automation isn’t woken by the end of a sequence that it started itself."),
    )

    def __init__(self, *arguments, kind: Kind, user: Any, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["sequence"].choices = [("", _("any sequence")), *get_ended_sequences(kind)]
        self.fields["reason"].choices = [("", _("any reason")), *get_end_reasons(kind)]

    def get_values(self) -> dict[str, Any]:
        found = {name: value for name, value in self.cleaned_data.items() if value}
        if "sequence" in found:
            found["sequence"] = int(found["sequence"])
        return found


def get_ended_sequences(kind: Kind) -> list[tuple[str, str]]:
    return [(str(one.pk), one.name) for one in Sequence.objects.active().of_type(kind.name).in_order()]


def get_end_reasons(kind: Kind) -> list[tuple[str, Any]]:
    """Finishing first, then why one ends early. Only leads are converted and have statuses."""
    others = (*OF_GONE_RECORDS, *(() if kind.name == "lead" else (Reason.CONVERTED, Reason.STATUS)))
    early = [(one.value, str(one.label).rstrip(".")) for one in Reason if one not in others]
    return [(Enrollment.State.FINISHED.value, _("All steps are done")), *early]
