"""Connecting an assistant, changing what it may do, and ending that: each is in the log of its user's account."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.users.account_changes import Kind, record_account_change
from assistants.models import AssistantConnection, AssistantLimits, AssistantProgram, ChangePreview
from assistants.models.assistant_connection import CODE_LASTS
from assistants.sign_in.authorization_request import AuthorizationRequest
from assistants.sign_in.secrets import build_code, build_family
from crm.models import Token
from crm.platform.models.token import RENEWED_MARK, hash_secret

# Of a token, what can be edited.
EDITED = ["name", "rights", "department", "expires_on", "calls_a_minute", "addresses"]


@transaction.atomic
def connect_assistant(
    token: Token, limits: AssistantLimits, program: AssistantProgram, asked: AuthorizationRequest
) -> str:
    """The code with which the program fetches its access. `token` and `limits` are as the user chose, not saved yet."""
    # A secret that no one knows, until the program comes with the code.
    token.set_new_secret(RENEWED_MARK)
    token.save()
    limits.token = token
    limits.save()
    code = build_code()
    AssistantConnection.objects.create(
        token=token,
        program=program,
        redirect_uri=asked.redirect_uri,
        challenge=asked.challenge,
        code_hash=hash_secret(code),
        code_until=timezone.now() + CODE_LASTS,
        # Of no renewal: the first one has another family.
        family_hash=hash_secret(build_family()),
        session_hash=token.user.get_session_auth_hash(),
    )
    AssistantProgram.objects.filter(pk=program.pk).update(address=None)
    record_account_change(token.user, Kind.ASSISTANT_CONNECTED, after=[token.name], by=token.user)
    return code


@transaction.atomic
def save_assistant(token: Token, limits: AssistantLimits, changed: Sequence[str], *, by: Any) -> None:
    """Save what an assistant may do from now on. Previews that it was shown before can't be applied any more: they were judged by
    what it was allowed then. `changed` are the names of the fields with another value."""
    # Not the secret, which the program may be renewing right now.
    token.save(update_fields=EDITED)
    limits.token = token
    limits.save()
    ChangePreview.objects.filter(token=token).delete()
    record_account_change(token.user, Kind.ASSISTANT_CHANGED, before=list(changed), after=[token.name], by=by)


@transaction.atomic
def disconnect_assistant(token: Token, *, by: Any, program: str = "") -> bool:
    """Whether it was connected until now. `by` is None if Leadwell ends it, and if the `program` itself does."""
    ended = bool(Token.objects.filter(pk=token.pk).revoke())
    if ended:
        record_account_change(
            token.user, Kind.ASSISTANT_DISCONNECTED, before=[token.name], by=by, program=program
        )
    return ended
