"""What an activity of each type needs and doesn't have: the same in the form, for programs and in files."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.work.models.activity import Activity

Type = Activity.Type
# Clocks differ a little.
AHEAD = timedelta(minutes=1)


def get_unused_fields(kind: str) -> dict[str, Any]:
    """The fields that activities of this type don't have, with their empty values."""
    found: dict[str, Any] = {} if kind in (Type.CALL, Type.MEETING) else {"outcome": ""}
    return found | ({"minutes": None} if kind in (Type.NOTE, Type.FILE) else {})


def get_missing_fields(kind: str, values: dict[str, Any]) -> list[tuple[str, str]]:
    """The required fields that are empty, each with a sentence."""
    if kind == Type.NOTE and not values.get("text"):
        return [("text", _("Write a note first."))]
    if kind == Type.CALL and not values.get("outcome"):
        return [("outcome", _("Choose how the call went."))]
    return []


def get_future_error(at: datetime | None) -> str:
    """Why an activity can't be at this time, or ''."""
    if at and at > timezone.now() + AHEAD:
        return _("Enter a time in the past. Plan future work as the next action.")
    return ""


def get_outcome_error(kind: str, outcome: str, at: datetime | None) -> str:
    """Why a user can't give an activity of this type, at this time, such an outcome, or ''. Without a time, it is now."""
    if not outcome:
        return ""
    if kind == Type.CALL:
        return "" if outcome in Activity.Outcome.values else _("Calls don’t have this outcome.")
    if kind != Type.MEETING:
        return _("Only calls and meetings have an outcome.")
    if outcome != Activity.Plan.NO_SHOW:
        return _("Meetings don’t have this outcome.")
    return _("The meeting hasn’t begun yet.") if at and at > timezone.now() else ""


def get_no_show_error(row: Activity) -> str:
    """Why no one can say of this activity whether anyone came to it, or ''."""
    if row.type != Type.MEETING:
        return _("Only a meeting can be a no-show.")
    return get_outcome_error(row.type, Activity.Plan.NO_SHOW, row.at)
