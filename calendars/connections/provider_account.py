"""An account at a provider that its user has just given the permission for: whose it is, and keeping it as their calendar."""

from django.utils import timezone

from accounts.models import User
from calendars.calendar_problems import CalendarProblem
from calendars.connections.calendar_server import PATIENCE
from calendars.connections.oauth_permission import keep_calendar_tokens
from calendars.connections.server_choice import open_calendar_server
from calendars.models import ConnectedCalendar
from mailboxes.connections.oauth_attempt import OAuthAttempt


def fetch_account(user: User, attempt: OAuthAttempt) -> ConnectedCalendar:
    """A calendar that isn't saved yet, with its tokens and the address of its account. Raises CalendarProblem."""
    calendar = ConnectedCalendar(owner=user, provider=attempt.subject)
    keep_calendar_tokens(calendar, attempt)
    found = open_calendar_server(calendar, PATIENCE).find_account()
    if not found.addresses:
        raise CalendarProblem("no_own_calendars")
    calendar.username, calendar.known_as = found.addresses[0], " ".join(found.addresses)
    return calendar


def save_account(found: ConnectedCalendar) -> tuple[ConnectedCalendar, bool]:
    """The user's calendar, and whether it is a new one. The same account goes on where it was; of another one nothing is known."""
    known = ConnectedCalendar.objects.of_user(found.owner).select_for_update().first()
    if known is None:
        found.save()
        return found, True
    if (known.provider, known.username) != (found.provider, found.username):
        known.forget_events()
    for name in ("provider", "username", "known_as", "refresh_token", "access_token", "token_until"):
        setattr(known, name, getattr(found, name))
    known.clear_fields("address", "secret", "problem")
    known.failures, known.notified, known.leaving, known.next_check_at = 0, False, False, timezone.now()
    known.save()
    return known, False
