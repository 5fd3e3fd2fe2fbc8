"""The sessions of a user: when they were last used, and ending them, also the notifications on devices."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.signals import user_logged_in
from django.db import connection
from django.db.models import F
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.authentication.browser_names import get_browser_name
from accounts.authentication.session_store import SessionStore, begin_session
from accounts.models import PushDevice, Session, User
from accounts.push.devices import delete_other_devices, get_device_of_browser
from accounts.sign_in_state import get_sign_in_state
from crm.platform.database import log_positions
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.web.after_response import run_after_response
from crm.platform.web.client_address import get_storable_address
from crm.platform.web.password_confirmation import confirm_password_now

# How old the time of the last use may be.
EXACT = timedelta(minutes=1)
# Pages ask for these on their own, so they don't count as use.
ON_THEIR_OWN = {"notices", "leads:board_changes", "companies:board_changes"}


def end_user_sessions(user: User, *, but: PushDevice | None = None) -> None:
    """Sign the user out in every browser; unused password links expire too, and only this device keeps its
    notifications."""
    User.objects.filter(pk=user.pk).update(sign_out_count=F("sign_out_count") + 1)
    user.refresh_from_db(fields=["sign_out_count"])
    # The counter has already ended them; this removes the rows.
    Session.objects.of_user(user).delete()
    delete_other_devices(user, but=but)


def end_other_sessions(request) -> None:
    """Sign the user of this request out in every other browser."""
    end_user_sessions(request.user, but=get_device_of_browser(request))
    # Under a new key, because the row of this session is gone too.
    update_session_auth_hash(request, request.user)


def get_user_sessions(user: User, request: HttpRequest) -> list[tuple[Session, bool]]:
    """Where the user is signed in, the last used first; and which of them is this browser."""
    own = _get_own_session(request)
    rows = Session.objects.of_user(user).alive().latest_first()
    return [(row, own is not None and row.pk == own.pk) for row in rows]


def _get_own_session(request: HttpRequest) -> Session | None:
    """That of this browser, as it was read; None if it was neither read nor there."""
    return request.session.row if isinstance(request.session, SessionStore) else None


@receiver(user_logged_in)
def record_session_begin(request, user, **_rest) -> None:
    # A provider may have signed in someone long ago; then it is asked again before something sensitive.
    if get_sign_in_state(request).just_authenticated:
        confirm_password_now(request.session)
    browser = get_browser_name(request.headers.get("User-Agent", ""))
    begin_session(request.session, browser, get_storable_address(request))


class LastUseMiddleware:
    """Keeps when and from where a session was last used, at most once a minute, after the response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        row = _get_own_session(request)
        if row is not None and row.user_id and timezone.now() - row.used_at >= EXACT:
            match = request.resolver_match
            if match is None or match.view_name not in ON_THEIR_OWN:
                run_after_response(
                    response, partial(_record_session_use, row.pk, get_storable_address(request))
                )
        return response


def _record_session_use(pk: int, address: str | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH at_once AS (SELECT set_config('synchronous_commit', 'off', true))
               UPDATE accounts_session SET used_at = %s, address = %s FROM at_once WHERE id = %s""",
            [timezone.now(), address, pk],
        )


@every_hour
def delete_expired_sessions() -> int:
    return Session.objects.over().delete()[0]


@every_hour
def clear_positions_of_sessions() -> int:
    return log_positions.clear_unreached_positions(Session.objects.all(), None)
