"""Whether a connection may be used: the table of what ends one, and of what doesn't."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from assistants.sign_in.connection_state import PERMISSION, State, judge_connection

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOON, JUST_NOW = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)
# Name: what is different, and whether it may be used.
STATES = {
    "nothing happened": ({}, State.IN_FORCE),
    "the program hasn't come yet": ({"code_used_at": None, "renewal_until": None}, State.IN_FORCE),
    "the program never came": ({"code_used_at": None, "code_until": NOW}, State.NEVER_BEGUN),
    "it was disconnected": ({"revoked_at": JUST_NOW}, State.DISCONNECTED),
    "the user was deactivated": ({"is_active": False}, State.INACTIVE_USER),
    "the user is signed out everywhere": ({"sessions": ("other",)}, State.SIGNED_OUT),
    "connected again after that": ({"sessions": ("other",), "session_hash": "other"}, State.IN_FORCE),
    "the secret key of the installation is new": ({"sessions": ("other", "first")}, State.IN_FORCE),
    "about to be too old": ({"renewal_until": SOON}, State.IN_FORCE),
    "not renewed in time": ({"renewal_until": NOW}, State.NOT_RENEWED),
    "its last day is over": ({"expired": True}, State.LAST_DAY_OVER),
    "the user lost the permission": ({"permissions": set()}, State.NOT_ALLOWED),
    "the user lost a permission on records": ({"permissions": {PERMISSION}}, State.IN_FORCE),
    "deactivated, and the permission is lost": (
        {"is_active": False, "permissions": set()},
        State.INACTIVE_USER,
    ),
    "disconnected, then signed out": (
        {"revoked_at": JUST_NOW, "sessions": ("other",)},
        State.DISCONNECTED,
    ),
}
FIRST = {
    "revoked_at": None,
    "expired": False,
    "is_active": True,
    "sessions": ("first",),
    "session_hash": "first",
    "code_used_at": JUST_NOW,
    "code_until": SOON,
    "renewal_until": SOON,
    "permissions": {PERMISSION, "leads.view_lead"},
}


@pytest.mark.parametrize("name", STATES)
def test_a_connection_ends_with_what_ends_the_sessions_of_its_user(name):
    changed, expected = STATES[name]
    value = SimpleNamespace(**{**FIRST, **changed})
    user = SimpleNamespace(
        is_active=value.is_active,
        get_session_auth_hash=lambda: value.sessions[0],
        get_session_auth_fallback_hash=lambda: iter(value.sessions[1:]),
        has_perm=lambda name: name in value.permissions,
    )
    value.token = SimpleNamespace(revoked_at=value.revoked_at, expired=value.expired)
    assert judge_connection(value, user, NOW) == expected
