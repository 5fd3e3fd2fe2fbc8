"""Why a mailing waits or is paused, in sentences: kept as a key and its value (Mailing.why), read in the viewer's language."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm.templatetags.look import number

LONGEST = 300
# While these last, a mailing goes on without anyone doing anything.
WAITS = {
    "working_time": _("Waiting for the working time of the department, until %(value)s."),
    "hour": _("The mailing account has reached its hourly limit. Sending continues soon."),
    "day": _("The mailing account has reached its daily limit. Sending continues soon."),
    "domain": _("Waiting, because many emails went to the same domain. Sending continues within a minute."),
    "retry": _("Some mail servers asked to try again later. Leadwell tries again soon."),
    "unreachable": _("The mail server can’t be reached. Leadwell tries again every minute: %(value)s"),
    "store": _("The file store can’t be reached. Leadwell tries again every minute."),
    "busy": _("The mail server accepts no more emails for now. Leadwell tries again every minute: %(value)s"),
}
# These need someone who resumes the mailing.
STOPS = {
    "user": _("Paused by a user."),
    "bounces": _("Paused, because %(value)s%% of the emails couldn’t be delivered."),
    "sender": _("Paused, because the mail server doesn’t accept the sender’s address: %(value)s"),
    "file": _("Paused, because the file “%(value)s” is no longer on the server."),
    "key": _(
        "Paused, because the DKIM key of %(value)s can’t be read any more. Replace the key, then resume the mailing."
    ),
    "author": _("Paused, because the user who sends it can no longer send mailings."),
    "filter": _(
        "Paused, because its filter can’t be read any more. Start a new mailing with another filter."
    ),
    "inside": _("Paused, because something went wrong on our side. Resume the mailing to try again."),
}
# Those that an administrator hears about; the others are decided by a user, a time or a limit.
PROBLEMS = ["retry", "unreachable", "store", "busy", *(name for name in STOPS if name != "user")]


def build_reason_key(why: str, value: object = "") -> str:
    """As it is kept."""
    plain = " ".join("".join(one if one.isprintable() else " " for one in str(value)).split())
    return f"{why} {plain}".strip()[:LONGEST]


def get_reason_sentence(why: str) -> str:
    """In the user's language, or '' for no reason."""
    word, _space, value = why.partition(" ")
    text = WAITS.get(word) or STOPS.get(word)
    if text is None:
        return ""
    if word == "working_time" and value:
        value = date_format(timezone.localtime(datetime.fromisoformat(value)), "SHORT_DATETIME_FORMAT")
    if word == "bounces" and value:
        value = number(Decimal(value))
    return str(text) % {"value": value or "–"}
