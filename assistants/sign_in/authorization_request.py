"""What a program asks for when it sends a user to the page on which they agree to it: read, and judged without the database."""

import re
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
LONGEST_STATE = 2_000
METHOD = "S256"


@dataclass(frozen=True)
class OAuthProblem:
    """`code` is one of the standard's, the sentence is for whoever writes the program."""

    code: str
    sentence: str


@dataclass(frozen=True)
class AuthorizationRequest:
    redirect_uri: str
    state: str
    challenge: str


def find_repeated_name(sent: QueryDict) -> str:
    """A parameter that was sent twice: two readers could take two different values for it."""
    return next((name for name, values in sent.lists() if len(values) > 1), "")


def find_request_problem(sent: QueryDict, resource: str) -> OAuthProblem | None:
    """Why the program can't get a code, once it is known where it may be told so."""
    if name := find_repeated_name(sent):
        return OAuthProblem("invalid_request", f"{name[:40]} was sent twice.")
    if sent.get("response_type") != "code":
        return OAuthProblem("unsupported_response_type", "response_type has to be code.")
    if "request" in sent or "request_uri" in sent:
        return OAuthProblem("request_not_supported", "Send the parameters themselves.")
    if sent.get("code_challenge_method") != METHOD:
        return OAuthProblem("invalid_request", f"code_challenge_method has to be {METHOD}.")
    if not CHALLENGE.fullmatch(sent.get("code_challenge", "")):
        return OAuthProblem("invalid_request", "code_challenge has to be the base64url of a SHA-256 hash.")
    if len(sent.get("state", "")) > LONGEST_STATE:
        return OAuthProblem("invalid_request", f"state may have {LONGEST_STATE} letters.")
    return find_resource_problem(sent, resource)


def find_resource_problem(sent: Any, resource: str) -> OAuthProblem | None:
    """RFC 8707: a token is for one address. A program that names none means the only one there is."""
    named = sent.get("resource", resource)
    if named.rstrip("/") != resource:
        return OAuthProblem("invalid_target", f"resource has to be {resource}.")
    return None


def read_request(sent: QueryDict) -> AuthorizationRequest:
    return AuthorizationRequest(
        sent.get("redirect_uri", ""), sent.get("state", ""), sent.get("code_challenge", "")
    )
