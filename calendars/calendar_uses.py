"""Whether a user has connected a calendar: the page that deactivates the user says what happens with it."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from calendars.models import ConnectedCalendar
from crm.records.kinds.record_uses import Uses


def find_calendar_uses(record: Any, viewer: User) -> list[Uses]:
    """Without its address, which only its owner sees."""
    if not isinstance(record, User) or not ConnectedCalendar.objects.of_user(record).exists():
        return []
    return [Uses(_("This user has connected a calendar. It isn’t synced until the user is active again"))]
