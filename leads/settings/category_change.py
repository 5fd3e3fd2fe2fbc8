"""What a new category of a status means for its leads. Timestamps are never rewritten, because they record what
happened."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.templatetags.look import number
from leads.models import Status

Kind = Status.Kind


def describe_consequences(status: Status, old: str, new: str, leads: int) -> list[str]:
    """Sentences for the confirmation, with the number of records first."""
    if status.pipeline.is_for_deals:
        deals = status.pipeline.kind.words.counted(leads)
        return [_("In this stage: %(deals)s. Their dates won’t change.") % {"deals": deals}]
    said = [
        ngettext(
            "%(number)s lead is in this status. Its dates won’t change.",
            "%(number)s leads are in this status. Their dates won’t change.",
            leads,
        )
        % {"number": number(leads)}
    ]
    if new == Kind.WON:
        said.append(
            _("They’ll count as won but won’t have a won date, because they never entered a won status.")
        )
    elif old == Kind.WON:
        said.append(_("They’ll no longer count as won, but they’ll keep their won date."))
    if new in Status.NEEDS_REASON and old not in Status.NEEDS_REASON:
        said.append(_("They’ll count as closed, without a reason until one is added."))
    elif old in Status.NEEDS_REASON and new not in Status.NEEDS_REASON:
        said.append(_("They’ll keep the reason they were closed."))
    if new in Status.OPEN and old not in Status.OPEN:
        said.append(_("They’ll count as open again, and as stuck if they’ve been in this status too long."))
    return said
