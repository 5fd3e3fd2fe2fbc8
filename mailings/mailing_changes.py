"""The changes of mailings as operations: the permission that each requires, also for its undo, and its name in words."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.models import Operation
from crm.records.history.verb_execution import Verb
from mailings.models import Delivery, Mailing

Text = str | Promise
State = Mailing.State
EVENTS = [
    (
        _("Mailings"),
        [
            ("add_mailing", _("mailing added")),
            ("edit_mailing", _("mailing edited")),
            ("delete_mailing", _("mailing deleted")),
            ("request_mailing", _("approval of a mailing requested")),
            ("approve_mailing", _("mailing approved")),
            ("decline_mailing", _("mailing declined")),
            ("schedule_mailing", _("mailing scheduled")),
            ("pause_mailing", _("mailing paused")),
            ("resume_mailing", _("mailing resumed")),
            ("cancel_mailing", _("mailing canceled")),
        ],
    )
]


def get_mailing_name(parameters: dict) -> str:
    """The subject now, or the one of the time if the mailing is deleted."""
    now = Mailing.objects.filter(pk__in=parameters.get("rows", [])).values_list("subject", flat=True).first()
    return now or parameters.get("name") or _now("(deleted)")


def get_no_obstacle(record: Operation) -> Text:
    return ""


def get_draft_obstacle(record: Operation) -> Text:
    """What was checked or approved stays as it is."""
    others = Mailing.objects.filter(pk__in=record.parameters.get("rows", [])).exclude(state=State.DRAFT)
    return _("Only drafts can be edited.") if others.exists() else ""


def get_sent_obstacle(record: Operation) -> Text:
    """Emails that were sent can't be brought back, and recipients are checked again before they are sent."""
    if record.undoes_id:
        return _("Send the mailing again instead.")
    begun = Mailing.objects.filter(pk__in=record.parameters.get("rows", []))
    begun = begun.in_state(State.SENDING, State.PAUSED, State.SENT, State.CANCELLED)
    if not begun.exists():
        return ""
    rows = Delivery.objects.filter(mailing__in=begun.values("pk"))
    number = rows.in_state(Delivery.State.SENDING, Delivery.State.SENT).count()
    if not number:
        return _("This mailing isn’t scheduled any more.")
    return ngettext(
        "%(number)s email of this mailing was sent and can’t be unsent. Cancel the mailing to stop the others.",
        "%(number)s emails of this mailing were sent and can’t be unsent. Cancel the mailing to stop the others.",
        number,
    ) % {"number": number}


def _register_mailing_verb(
    name: str,
    needed: str,
    sentence: Callable[[], str],
    icon: str = "mail",
    final: Callable[[Operation], Text] = get_no_obstacle,
) -> None:
    """Register a kind of operation (crm/records/history/verb_execution.py, crm/records/history/undo/undo_permission.py)."""

    class MailingVerb(Verb):
        kind = name

        @classmethod
        def get_right(cls, model):
            return needed

        @classmethod
        def get_label(cls, parameters, kind):
            return sentence() % {"name": get_mailing_name(parameters)}

        @classmethod
        def describe_finality(cls, record):
            return final(record)

    MailingVerb.icon = icon
    # To undo a pause is to send again.
    if needed == "mailings.send_mailing":
        MailingVerb.program_right = "mailing_sending.post"


_register_mailing_verb("add_mailing", "mailings.add_mailing", lambda: _now("Add the mailing “%(name)s”"))
_register_mailing_verb(
    "edit_mailing",
    "mailings.change_mailing",
    lambda: _now("Edit the mailing “%(name)s”"),
    final=get_draft_obstacle,
)
_register_mailing_verb(
    "delete_mailing", "mailings.delete_mailing", lambda: _now("Delete the mailing “%(name)s”")
)
_register_mailing_verb(
    "request_mailing",
    "mailings.send_mailing",
    lambda: _now("Request approval for the mailing “%(name)s”"),
    final=get_sent_obstacle,
)
_register_mailing_verb(
    "approve_mailing",
    "mailings.approve_mailing",
    lambda: _now("Approve the mailing “%(name)s”"),
    final=get_sent_obstacle,
)
_register_mailing_verb(
    "decline_mailing", "mailings.approve_mailing", lambda: _now("Decline the mailing “%(name)s”")
)
_register_mailing_verb(
    "schedule_mailing",
    "mailings.send_mailing",
    lambda: _now("Schedule the mailing “%(name)s”"),
    final=get_sent_obstacle,
)
_register_mailing_verb("pause_mailing", "mailings.send_mailing", lambda: _now("Pause the mailing “%(name)s”"))
_register_mailing_verb(
    "resume_mailing", "mailings.send_mailing", lambda: _now("Resume the mailing “%(name)s”")
)
_register_mailing_verb(
    "cancel_mailing", "mailings.send_mailing", lambda: _now("Cancel the mailing “%(name)s”")
)
