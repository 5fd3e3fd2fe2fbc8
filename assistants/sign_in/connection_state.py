"""Whether a connection may be used now, and by what it has ended: decided without queries."""

from datetime import datetime
from enum import StrEnum
from typing import Any

PERMISSION = "assistants.connect_assistant"


class State(StrEnum):
    IN_FORCE = "in_force"
    DISCONNECTED = "disconnected"
    INACTIVE_USER = "inactive_user"
    SIGNED_OUT = "signed_out"
    NEVER_BEGUN = "never_begun"
    NOT_RENEWED = "not_renewed"
    # It works again as soon as the token gets a later last day, or a role of the user allows it.
    LAST_DAY_OVER = "last_day_over"
    NOT_ALLOWED = "not_allowed"


# After these, only the user can connect the assistant again.
ENDS = (State.SIGNED_OUT, State.NEVER_BEGUN, State.NOT_RENEWED)


def judge_connection(connection: Any, user: Any, now: datetime) -> State:
    """`user` is that of the token, with their permissions."""
    end = find_end(connection, user, now)
    if end is not None:
        return end
    return State.IN_FORCE if user.has_perm(PERMISSION) else State.NOT_ALLOWED


def find_end(connection: Any, user: Any, now: datetime) -> State | None:
    """The same as far as it doesn't depend on permissions."""
    if connection.token.revoked_at is not None:
        return State.DISCONNECTED
    if not user.is_active:
        return State.INACTIVE_USER
    if not is_signed_in(connection, user):
        return State.SIGNED_OUT
    if connection.code_used_at is None and now >= connection.code_until:
        return State.NEVER_BEGUN
    if connection.renewal_until is not None and now >= connection.renewal_until:
        return State.NOT_RENEWED
    return State.LAST_DAY_OVER if connection.token.expired else None


def is_signed_in(connection: Any, user: Any) -> bool:
    """As for a session of the user: another password and signing out everywhere end it, a new secret key doesn't."""
    return connection.session_hash in (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
