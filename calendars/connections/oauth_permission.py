"""The permission that a user gives for a calendar at Google or Microsoft, in the words of problems with calendars."""

from calendars.calendar_problems import CalendarProblem
from calendars.models import ConnectedCalendar
from mailboxes.connections.oauth import get_access_token
from mailboxes.connections.oauth_attempt import OAuthAttempt
from mailboxes.mailbox_problems import MailboxProblem
from mailboxes.models import OAuthClient


def get_offered_providers() -> list[OAuthClient]:
    """Those at which the company has registered Leadwell."""
    return list(OAuthClient.objects.filter(provider__in=ConnectedCalendar.oauth_scopes).order_by("provider"))


def get_calendar_token(calendar: ConnectedCalendar, *, renewed: bool) -> str:
    """Raises CalendarProblem, and Unreadable."""
    try:
        return get_access_token(calendar, renewed=renewed)
    except MailboxProblem as problem:
        raise build_calendar_problem(problem) from problem


def keep_calendar_tokens(calendar: ConnectedCalendar, attempt: OAuthAttempt) -> None:
    """Raises CalendarProblem."""
    try:
        attempt.keep_tokens(calendar)
    except MailboxProblem as problem:
        raise build_calendar_problem(problem) from problem


def build_calendar_problem(problem: MailboxProblem) -> CalendarProblem:
    """With the same key, which has a sentence about calendars."""
    key, _space, answer = str(problem).partition(" ")
    return CalendarProblem(key, answer)
