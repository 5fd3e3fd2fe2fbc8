"""The entry point of the APIs: no cookies, no sessions, URLs with and without a trailing slash; and authentication."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import F, Model
from django.http import HttpRequest, HttpResponse

from crm.api.problems import ApiProblem
from crm.models import Token
from crm.platform.database.log_positions import build_server_expression
from crm.platform.models.token import hash_secret
from crm.platform.web.client_address import get_client_address
from crm.platform.web.program_addresses import FOR_PROGRAMS, PREFIXES, WITH_SECRETS

UNENCRYPTED = "Use https. The secret of this call was sent without encryption, so replace it if the network isn't your own.\n"


class ApiMiddleware:
    """Runs before anything that reads cookies: a program that happens to send one isn't signed in.

    Calls without https fail instead of being redirected: otherwise the program would work, and each call would first send
    its secret unencrypted.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hide_secret(request)
        unencrypted = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if unencrypted and request.path_info.startswith(FOR_PROGRAMS):
            return HttpResponse(UNENCRYPTED, status=403, content_type="text/plain; charset=utf-8")
        if request.path_info.startswith(PREFIXES):
            request.META.pop("HTTP_COOKIE", None)
            request.path_info = request.path_info.rstrip("/") or "/"
        return self.get_response(request)


def hide_secret(request: HttpRequest) -> None:
    """Take the secret out of the path before anything logs it: views find it as `secret_in_path`."""
    if request.path_info.startswith(WITH_SECRETS):
        public, _slash, secret = request.path_info.removeprefix(WITH_SECRETS).partition("/")
        request.secret_in_path = secret.rstrip("/")  # type: ignore[attr-defined]
        request.path_info = request.path = request.META["PATH_INFO"] = f"{WITH_SECRETS}{public}"


def get_token_by_secret(secret: str, purpose: str = Token.Purpose.API) -> Token:
    """The token with this secret, of an active user with their permissions. Raises Problem 401.

    Tokens of deactivated users, tokens for another purpose and unknown tokens get the same response.
    """
    if not secret:
        raise ApiProblem(401, "no_key", "Token is not defined.")
    sql, parameters = _get_token_lookup_sql(purpose, tuple(OF_USE) if settings.REPLICAS else ())
    with connection.cursor() as cursor:
        cursor.execute(sql, [hash_secret(secret) if value == SOUGHT else value for value in parameters])
        row = cursor.fetchone()
    if row is None:
        raise ApiProblem(401, "bad_key", "Invalid API token.")
    users = get_user_model()
    columns = get_column_names(users)
    user = users.from_db(connection.alias, columns, row[: len(columns)])
    # The permission columns, as with_rights() has them, are between the user's and the token's.
    end = len(columns) + len(RIGHTS)
    user.__dict__.update(zip(RIGHTS, row[len(columns) : end], strict=True))
    start_of_use = end + len(get_column_names(Token))
    token = Token.from_db(connection.alias, get_column_names(Token), row[end:start_of_use])
    token.user = user
    # A token that was never used has none.
    used = zip([*OF_USE, "primary"], row[start_of_use:], strict=False)
    token.__dict__.update({name: value for name, value in used if value is not None})
    return token


SOUGHT = "the hash that is sought"
# With replicas, the calls of this minute and the last change are read too: calls that only read are counted afterwards.
OF_USE = ["minute", "calls", "changed_until"]
RIGHTS = [
    "permission_ids",
    "member_of",
    "every_department",
    "held_roles",
    "custom_fields_stamp",
    "company_settings",
]


@cache
def get_column_names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _get_token_lookup_sql(purpose: str, of_use: tuple[str, ...]) -> tuple[str, tuple]:
    """The query that finds the active user of a valid token, their permissions, and the token. Every call starts with
    it, and building it again takes longer than running it."""
    users = get_user_model()._default_manager.active().with_rights()
    token: dict[str, Any] = {f"token_{name}": F(f"tokens__{name}") for name in get_column_names(Token)}
    token |= {f"use_{name}": F(f"tokens__use__{name}") for name in of_use}
    if of_use:
        token["asked_primary"] = build_server_expression()
    sought = users.filter(tokens__hash=SOUGHT, tokens__revoked_at=None, tokens__purpose=purpose)
    return sought.annotate(**token).query.sql_with_params()


def check_still_open(token: Token, request: HttpRequest) -> None:
    """Raises Problem if the token has expired or the call comes from an address that it doesn't allow."""
    if token.expired:
        raise ApiProblem(401, "expired", "Token Time Expire.")
    if not token.can_be_used_from(get_client_address(request)):
        raise ApiProblem(403, "address", "This token may not be used from your address.")
