"""Whether a program may use the access that it got, on each of its calls."""

from django.utils import timezone

from assistants.models import AssistantConnection
from assistants.sign_in.connection_state import State, judge_connection
from crm.api.problems import ApiProblem
from crm.models import Token

NOT_ALLOWED = "No role of this user allows to connect assistants. Ask an administrator."


def check_connection(token: Token) -> None:
    """Raises Problem 401 if the access is over, which the program renews if it still can, and 403 if the user may no longer
    connect assistants. A token that someone made has no connection."""
    if not token.is_renewed:
        return
    connection = AssistantConnection.objects.filter(pk=token.pk).first()
    now = timezone.now()
    if connection is None or connection.access_until is None or now >= connection.access_until:
        raise ApiProblem(401, "expired", "Token Time Expire.")
    connection.token = token
    state = judge_connection(connection, token.user, now)
    if state == State.NOT_ALLOWED:
        raise ApiProblem(403, "forbidden", NOT_ALLOWED)
    if state != State.IN_FORCE:
        raise ApiProblem(401, "bad_key", "Invalid API token.")
