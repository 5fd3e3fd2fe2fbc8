"""Pages as another user sees them: an administrator opens them as that user, and can change nothing.

The session keeps who is viewed until the administrator stops. An hour after the view began no page is shown any more, but
forms are still refused: a page that was left open can't change anything in the administrator's own name.
"""

from typing import Any

from django.http import HttpRequest

from accounts.models import Inspection, User
from accounts.sign_in import EmailBackend
from crm.platform.web.transactions import SAFE_METHODS

KEY = "viewed_user"
# Of each record type: its lists, its board, and its records with their attachments.
RECORD_PAGES = {
    *("list", "count", "filter", "add_filter", "filter_by", "column"),
    *("board", "board_figures", "record", "next", "previous", "why", "file", "thumbnail"),
}
OTHER_PAGES = {
    *("home", "admin", "admin_slash", "today", "today_deferred", "tasks", "task_calendar", "jump"),
    *("reports:reports", "reports:report", "reports:saved", "reports:build", "reports:goals"),
}
# What the administrator opens in their own name.
OWN_PAGES = {"viewing_stop", "logout", "notices", "confirm"}


def begin_viewing(request: HttpRequest, person: User) -> None:
    request.session[KEY] = person.pk


def end_viewing(request: HttpRequest) -> int | None:
    """The ID of the user who was viewed; None if no one was."""
    return request.session.pop(KEY, None)


def get_viewed_user_id(request: HttpRequest) -> int | None:
    return request.session.get(KEY)


def get_viewed_user(by: User, pk: int) -> User | None:
    """The user as pages get them, without what is private to them; None if `by` may not view their pages, or no longer."""
    if not by.is_administrator or not by.has_perm("accounts.change_user"):
        return None
    person = EmailBackend().get_user(pk)
    if person is None or not Inspection.objects.fresh(by, person).exists():
        return None
    if not User.objects.changeable_by(by).filter(pk=pk).exists():
        return None
    person.sees_private, person.second_factor_due = False, None
    return person


def is_shown_in_view(request: Any) -> bool:
    """Whether this request only reads one of the pages that are shown."""
    match = request.resolver_match
    is_of_records = "kind" in match.kwargs and match.url_name in RECORD_PAGES
    return request.method in SAFE_METHODS and (is_of_records or match.view_name in OTHER_PAGES)
