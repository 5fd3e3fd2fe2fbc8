"""The part of a meeting's form that invites people: their addresses, and what an invitation requires."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.fields.types.texts import one_line
from crm.work.emails.email_addresses import find_wrong_address, get_typed_addresses

MOST_INVITED = 20
# Meetings are planned so far ahead, at most.
FURTHEST = timedelta(days=5 * 366)


def parse_addresses(text: str) -> list[str]:
    """The addresses in what was typed, each once. Raises ValidationError."""
    found = get_typed_addresses(text, {})
    if len(found) > MOST_INVITED:
        raise ValidationError(_("Invite at most %(number)s people.") % {"number": MOST_INVITED})
    if wrong := find_wrong_address(found):
        words = (
            _("“%(address)s” can’t be invited.")
            if wrong.is_address
            else _("“%(address)s” isn’t an email address.")
        )
        raise ValidationError(words % {"address": wrong.text})
    return found


def check_meeting(form: Any, data: dict[str, Any]) -> None:
    """Complete the cleaned data of a meeting's form, or add errors to it. Without an invitation, now or earlier, no one is
    invited."""
    before = form.instance
    if not data.get("invite") and not before.invited:
        data["invited"] = ""
    for name in ("subject", "place", "invited"):
        _clean(form, data, name)
    at: Any = data.get("at") or (before.at if before.pk else None)
    is_planned = at is not None and at > timezone.now()
    if is_planned and at > timezone.now() + FURTHEST and "at" not in form.errors:
        form.add_error("at", _("Enter a time in the next five years."))
    if not data.get("invited") and not data.get("invite"):
        return
    wanted = {
        "invited": (data.get("invited") or before.invited, _("Enter whom to invite.")),
        "subject": (data.get("subject"), _("Enter what the meeting is about.")),
        "minutes": (data.get("minutes"), _("Enter how many minutes the meeting takes.")),
        "at": (is_planned or before.invited, _("Choose a time in the future.")),
    }
    for name, (value, words) in wanted.items():
        if not value and name not in form.errors:
            form.add_error(name, words)


def _clean(form: Any, data: dict[str, Any], name: str) -> None:
    try:
        value = data.get(name) or ""
        data[name] = ", ".join(parse_addresses(value)) if name == "invited" else one_line(value.strip())
    except ValidationError as error:
        form.add_error(name, error)
