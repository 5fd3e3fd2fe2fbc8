"""The assistants of a user, as their profile lists them."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from assistants.models import AssistantConnection, AssistantLimits
from assistants.sign_in.connection_state import State, judge_connection
from assistants.sign_in.redirect_uris import Destination
from crm.models import Token


@dataclass(frozen=True)
class AssistantLine:
    """`destination` is None for an assistant with a token that someone made, and `ended` says why it can't be used."""

    token: Token
    limits: AssistantLimits
    destination: Destination | None
    state: State

    @property
    def may_change(self) -> bool:
        return any(not right.endswith((".get", ".search")) for right in self.token.rights)

    @property
    def may_delete(self) -> bool:
        return any(right.endswith(".delete") for right in self.token.rights)


def own_assistants_queryset(user: User):
    """Those that can still be edited and disconnected, the newest first."""
    return Token.objects.of_user(user).of_assistants().in_force().newest_first()


def build_assistant_lines(user: User) -> list[AssistantLine]:
    rows = own_assistants_queryset(user).select_related(
        "use", "assistant_limits", "connection__program", "created_by"
    )
    return [_build_line(token, user) for token in rows]


def _build_line(token: Token, user: User) -> AssistantLine:
    limits = getattr(token, "assistant_limits", None) or AssistantLimits(token=token)
    connection: AssistantConnection | None = getattr(token, "connection", None)
    if connection is None:
        state = State.LAST_DAY_OVER if token.expired else State.IN_FORCE
        return AssistantLine(token, limits, None, state)
    connection.token = token
    state = judge_connection(connection, user, timezone.now())
    return AssistantLine(token, limits, connection.destination, state)
