"""What it means for the leads of a status when its kind changes. Stamps are never rewritten: they tell what happened."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.templatetags.look import number
from leads.models import Status

Kind = Status.Kind


def consequences(old: str, new: str, leads: int) -> list[str]:
    """Sentences for the confirmation, the number of leads first."""
    said = [
        ngettext(
            "%(number)s lead is in this status. Its dates stay as they are: they tell what happened.",
            "%(number)s leads are in this status. Their dates stay as they are: they tell what happened.",
            leads,
        )
        % {"number": number(leads)}
    ]
    if new == Kind.WON:
        said.append(
            _("They count as won, but the day of winning stays empty: they did not enter a won status.")
        )
    elif old == Kind.WON:
        said.append(_("They no longer count as won; the day on which they were won stays on them."))
    if new in Status.NEEDS_REASON and old not in Status.NEEDS_REASON:
        said.append(_("They count as closed, without a reason until somebody gives one."))
    elif old in Status.NEEDS_REASON and new not in Status.NEEDS_REASON:
        said.append(_("They keep the reason that was given for closing them."))
    if new in Status.OPEN and old not in Status.OPEN:
        said.append(_("They count as open again, and as stuck where they have been here for too long."))
    return said
