"""What programs ask for without a user: the first access for a code, the next one for a renewal, and an end to both.

A secret that was used before ends the connection: either the program or a thief comes second, and no one can tell which.
"""

from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oauth2.rfc7636.challenge import CODE_VERIFIER_PATTERN
from django.utils import timezone

from accounts.models import User
from assistants.models import AssistantConnection
from assistants.models.assistant_connection import ACCESS_LASTS, LONGEST, RENEWAL_LASTS
from assistants.sign_in.authorization_request import OAuthProblem, find_resource_problem
from assistants.sign_in.connection_state import State, judge_connection
from assistants.sign_in.connections import disconnect_assistant
from assistants.sign_in.secrets import build_family, build_renewal, get_family
from assistants.sign_in.server_metadata import get_resource
from crm.platform.models.token import RENEWED_MARK, hash_secret

NOT_VALID = OAuthProblem("invalid_grant", "It isn't valid, or not any more. Connect again.")
USED = OAuthProblem("invalid_grant", "It was used before, so the connection has ended. Connect again.")
Sent = Mapping[str, str]


def answer_token_call(sent: Sent) -> dict[str, Any] | OAuthProblem:
    """The body of the answer. What ends a connection is written even if the answer is a problem."""
    if problem := find_resource_problem(sent, get_resource()):
        return problem
    match sent.get("grant_type"):
        case "authorization_code":
            return exchange_code(sent)
        case "refresh_token":
            return renew_access(sent)
    return OAuthProblem("unsupported_grant_type", "grant_type has to be authorization_code or refresh_token.")


def exchange_code(sent: Sent) -> dict[str, Any] | OAuthProblem:
    connection = AssistantConnection.objects.lock().with_code(hash_secret(sent.get("code", ""))).first()
    if connection is None or not is_of_program(connection, sent):
        return NOT_VALID
    if connection.code_used_at is not None:
        disconnect_assistant(connection.token, by=None)
        return USED
    if connection.redirect_uri != sent.get("redirect_uri") or not is_verified(connection, sent):
        return NOT_VALID
    return issue_access(connection, build_family()) if is_in_force(connection) else NOT_VALID


def renew_access(sent: Sent) -> dict[str, Any] | OAuthProblem:
    renewal = sent.get("refresh_token", "")
    family = get_family(renewal)
    connection = AssistantConnection.objects.lock().with_family(hash_secret(family)).first()
    if connection is None or not is_of_program(connection, sent):
        return NOT_VALID
    if not compare_digest(connection.renewal_hash, hash_secret(renewal)):
        disconnect_assistant(connection.token, by=None)
        return USED
    return issue_access(connection, family) if is_in_force(connection) else NOT_VALID


def is_of_program(connection: AssistantConnection, sent: Sent) -> bool:
    return connection.program.public_id == sent.get("client_id")


def is_verified(connection: AssistantConnection, sent: Sent) -> bool:
    """PKCE: only the program that has sent the user here knows what the challenge was made from."""
    verifier = sent.get("code_verifier", "")
    if not CODE_VERIFIER_PATTERN.match(verifier):
        return False
    return compare_digest(create_s256_code_challenge(verifier), connection.challenge)


def is_in_force(connection: AssistantConnection) -> bool:
    user = User.objects.with_rights().get(pk=connection.token.user_id)
    return judge_connection(connection, user, timezone.now()) == State.IN_FORCE


def issue_access(connection: AssistantConnection, family: str) -> dict[str, Any]:
    """New secrets in place of those before. The rest of the token stays, and with it what the assistant has done."""
    now = timezone.now()
    begun = connection.code_used_at or now
    access, renewal = connection.token.set_new_secret(RENEWED_MARK), build_renewal(family)
    connection.token.save(update_fields=["prefix", "hash"])
    connection.code_used_at, connection.access_until = begun, now + ACCESS_LASTS
    until: datetime = min(now + RENEWAL_LASTS, begun + LONGEST)
    connection.renewal_until = until
    connection.family_hash, connection.renewal_hash = hash_secret(family), hash_secret(renewal)
    connection.save()
    return {
        "access_token": access,
        "token_type": "Bearer",  # nosec B105
        "expires_in": int(ACCESS_LASTS.total_seconds()),
        "refresh_token": renewal,
    }


def revoke_access(sent: Sent) -> None:
    """RFC 7009: an access or a renewal of this program ends its connection; anything else isn't answered differently."""
    secret = sent.get("token", "")
    found = AssistantConnection.objects.lock()
    connection = (
        found.with_family(hash_secret(get_family(secret))).first()
        or found.with_access(hash_secret(secret)).first()
    )
    if connection and is_of_program(connection, sent):
        disconnect_assistant(connection.token, by=None, program=connection.token.name)
