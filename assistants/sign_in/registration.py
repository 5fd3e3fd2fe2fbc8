"""How a program registers itself before a user has agreed to anything (RFC 7591): what it may say, and how often."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from assistants.models import AssistantProgram
from assistants.sign_in.authorization_request import OAuthProblem
from assistants.sign_in.redirect_uris import find_redirect_uri_problem
from assistants.untrusted_text import clean_text

LARGEST_BODY = 20_000
MOST_REDIRECT_URIS = 10
LONGEST_NAME = 100
UNNAMED = "Unnamed program"
# From one address in an hour, and of those that no user has agreed to, in all.
MOST_IN_AN_HOUR, MOST_UNUSED = 30, 2_000
# What is asked for has to include it.
REQUIRED = {"grant_types": "authorization_code", "response_types": "code"}


def find_registration_problem(sent: Any) -> OAuthProblem | None:
    """Why a program can't be registered with this. It is a public one, whatever it asks for: it gets no secret."""
    if not isinstance(sent, dict):
        return OAuthProblem("invalid_client_metadata", "Send a JSON object.")
    uris = sent.get("redirect_uris")
    if not isinstance(uris, list) or not 1 <= len(uris) <= MOST_REDIRECT_URIS:
        return OAuthProblem("invalid_redirect_uri", f"Send 1 to {MOST_REDIRECT_URIS} redirect_uris.")
    for uri in uris:
        problem = find_redirect_uri_problem(uri) if isinstance(uri, str) else "A redirect URI is a text."
        if problem:
            return OAuthProblem("invalid_redirect_uri", problem)
    for name, required in REQUIRED.items():
        asked = sent.get(name, [required])
        if not isinstance(asked, list) or required not in asked:
            return OAuthProblem("invalid_client_metadata", f"{name} has to include {required}.")
    if not isinstance(sent.get("client_name", ""), str):
        return OAuthProblem("invalid_client_metadata", "client_name has to be a text.")
    return None


def clean_name(name: str) -> str:
    """What a program calls itself, in one line without letters that can't be seen."""
    return " ".join(clean_text(name).split())[:LONGEST_NAME] or UNNAMED


def has_too_many_registrations(address: str | None) -> bool:
    programs, hour = AssistantProgram.objects, timezone.now() - timedelta(hours=1)
    if programs.registered_from(address, hour).count() >= MOST_IN_AN_HOUR:
        return True
    return programs.unused().count() >= MOST_UNUSED


def register_program(sent: dict[str, Any], address: str | None) -> AssistantProgram:
    return AssistantProgram.objects.create(
        name=clean_name(sent.get("client_name", "")), redirect_uris=sent["redirect_uris"], address=address
    )


def build_registration_json(program: AssistantProgram) -> dict[str, Any]:
    return {
        "client_id": program.public_id,
        "client_id_issued_at": int(program.registered_at.timestamp()),
        "client_name": program.name,
        "redirect_uris": program.redirect_uris,
        "token_endpoint_auth_method": "none",  # nosec B105
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
    }
