"""Ending sessions: everywhere, or everywhere except here."""

from django.contrib.auth import SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db.models import F
from django.utils import timezone

from accounts.models import User


def end_sessions_of(user: User) -> None:
    """Sign the user out in every browser; unused password links expire too."""
    User.objects.filter(pk=user.pk).update(sign_out_count=F("sign_out_count") + 1)
    user.refresh_from_db(fields=["sign_out_count"])
    _remove_sessions_of(user)


def end_other_sessions(request) -> None:
    """Sign the user of this request out in every other browser."""
    end_sessions_of(request.user)
    update_session_auth_hash(request, request.user)


def _remove_sessions_of(user: User) -> None:
    """The counter has already ended them; this only removes the rows. Sessions have no column for their user."""
    alive = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [
        row.session_key for row in alive.iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(session_key__in=theirs).delete()
