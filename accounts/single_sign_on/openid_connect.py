"""The authorization code flow with PKCE: the address at the provider, and the ID token that its code is exchanged for.

Authlib builds both requests and checks the claims, joserfc checks the signature. What they leave to their caller is
checked here: which algorithms are accepted, which key signed, and how old a sign-in is.
"""

import json
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from accounts.models import IdentityProvider
from accounts.second_factor.secret_encryption import UnreadableSecret, decrypt_secret
from accounts.single_sign_on.failure_reasons import NotSignedOn, ProviderUnreachable
from accounts.single_sign_on.pending_attempts import CONFIRM, Attempt, redirect_address
from accounts.single_sign_on.provider_calls import ProviderSession
from accounts.single_sign_on.provider_discovery import ALGORITHMS, GOOGLE, refresh_provider_keys
from accounts.single_sign_on.text_validation import has_broken_characters

# How far the provider's clock may be off, in seconds.
LEEWAY = 60
# An older ID token isn't the answer to a sign-in of ten minutes.
OLDEST = 15 * 60
LONGEST_TOKEN = 64 * 1024
Claims = dict[str, Any]


def build_provider_url(provider: IdentityProvider, state: str, attempt: Attempt) -> str:
    """Where the browser goes. To confirm an identity, the provider has to ask for it again. Raises Unreachable."""
    more: dict[str, Any] = {"nonce": attempt.nonce}
    if attempt.purpose == CONFIRM:
        more |= {"prompt": "login", "max_age": "0"}
    # Google's document doesn't say that it takes this parameter, and it sends these claims only if asked for them.
    if provider.document.get("claims_parameter_supported") or provider.issuer == GOOGLE:
        wanted = ["auth_time", *(["amr"] if provider.method else [])]
        more["claims"] = json.dumps({"id_token": {name: {"essential": True} for name in wanted}})
    client = _build_client(provider)
    endpoint = provider.document["authorization_endpoint"]
    return client.create_authorization_url(endpoint, state=state, code_verifier=attempt.verifier, **more)[0]


def get_checked_claims(request: HttpRequest, provider: IdentityProvider, attempt: Attempt) -> Claims:
    """The claims of the checked ID token. Raises NotSignedOn, and Unreachable."""
    _check_answer(request, provider)
    return _check_id_token(provider, attempt, _exchange_code(provider, attempt, request.GET.get("code", "")))


def _check_answer(request: HttpRequest, provider: IdentityProvider) -> None:
    named = request.GET.get("iss")
    required = provider.document.get("authorization_response_iss_parameter_supported") is True
    if (named is not None or required) and named != provider.issuer:
        raise NotSignedOn("answer of another issuer", _get_not_accepted_sentence(provider))
    if error := request.GET.get("error"):
        sentence = _("%(provider)s didn’t sign you in. Try again.") % {"provider": provider.name}
        raise NotSignedOn(f"provider: {error[:60]}", sentence)
    if not request.GET.get("code"):
        raise NotSignedOn("no code", _get_not_accepted_sentence(provider))


def _build_client(provider: IdentityProvider) -> OAuth2Client:
    try:
        secret = decrypt_secret(provider.secret)
    except UnreadableSecret:
        raise ProviderUnreachable(_("The client secret can’t be read any more. Enter it again.")) from None
    offered = provider.document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    method = "client_secret_post" if "client_secret_post" in offered else "client_secret_basic"
    return OAuth2Client(
        ProviderSession(),
        provider.client_id,
        secret,
        token_endpoint_auth_method=method,
        scope=provider.scopes,
        redirect_uri=redirect_address(),
        code_challenge_method="S256",
    )


def _exchange_code(provider: IdentityProvider, attempt: Attempt, code: str) -> Claims:
    """The response of the token endpoint."""
    client = _build_client(provider)
    try:
        return client.fetch_token(
            provider.document["token_endpoint"],
            grant_type="authorization_code",
            code=code,
            code_verifier=attempt.verifier,
        )
    except AuthlibBaseError as error:
        # A used or foreign code, or a wrong client secret.
        raise NotSignedOn(
            f"token endpoint: {error.error}"[:80], _get_not_accepted_sentence(provider)
        ) from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ProviderUnreachable(_("The server’s response isn’t a JSON object.")) from error


def _check_id_token(provider: IdentityProvider, attempt: Attempt, response: Claims) -> Claims:
    token = response.get("id_token")
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
        raise NotSignedOn("no ID token", _get_not_accepted_sentence(provider))
    params = {
        "nonce": attempt.nonce,
        "client_id": provider.client_id,
        "access_token": response.get("access_token"),
    }
    options: Any = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
        "nonce": {"essential": True, "value": attempt.nonce},
    }
    try:
        signed = jwt.decode(token, _get_signing_key(provider, token), algorithms=ALGORITHMS)
        claims = CodeIDToken(signed.claims, signed.header, options, params)
        claims.validate(leeway=LEEWAY)
        _check_remaining_claims(provider, attempt, claims)
    except JoseError as error:
        raise NotSignedOn(
            f"ID token: {_get_error_word(error)}", _get_not_accepted_sentence(provider)
        ) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotSignedOn("ID token: malformed", _get_not_accepted_sentence(provider)) from error
    return dict(claims)


def _get_signing_key(provider: IdentityProvider, token: str) -> Any:
    """The published key that signed. Providers change their keys, so an unknown one is looked up once."""
    kid = jws.extract_compact(token.encode()).headers().get("kid")
    found = _find_signing_keys(provider, kid)
    if not found:
        refresh_provider_keys(provider)
        found = _find_signing_keys(provider, kid)
    if len(found) != 1:
        raise NotSignedOn("ID token: unknown key", _get_not_accepted_sentence(provider))
    return import_key(found[0])


def _find_signing_keys(provider: IdentityProvider, kid: Any) -> list[Any]:
    """Without a name in the token, only a single key is clear."""
    keys = [key for key in provider.keys.get("keys", []) if key.get("use", "sig") == "sig"]
    return keys if kid is None else [key for key in keys if key.get("kid") == kid]


def _check_remaining_claims(provider: IdentityProvider, attempt: Attempt, claims: Claims) -> None:
    now = timezone.now().timestamp()
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or has_broken_characters(subject):
        raise NotSignedOn("ID token: invalid sub", _get_not_accepted_sentence(provider))
    if not now - OLDEST <= claims["iat"] <= now + LEEWAY:
        raise NotSignedOn("ID token: invalid iat", _get_not_accepted_sentence(provider))
    # Authlib has checked that it is a list.
    if provider.method and provider.method not in [*(claims.get("amr") or []), claims.get("acr")]:
        sentence = _(
            "%(provider)s didn’t ask for a second step, which is required here. Set it up there, then try again."
        )
        raise NotSignedOn("method not used", sentence % {"provider": provider.name})
    if attempt.purpose == CONFIRM and not has_authenticated_since(provider, claims, attempt.begun - LEEWAY):
        sentence = _("%(provider)s didn’t ask you to sign in again, so your identity isn’t confirmed.")
        raise NotSignedOn("no new authentication", sentence % {"provider": provider.name})


def has_authenticated_since(provider: IdentityProvider, claims: Claims, moment: float) -> bool:
    """Whether the person has proved who they are to the provider since then."""
    at = claims.get("auth_time")
    if at is None:
        return provider.trusts_sessions
    return isinstance(at, int | float) and not isinstance(at, bool) and at >= moment


def _get_error_word(error: JoseError) -> str:
    return " ".join(str(part) for part in (error.error, getattr(error, "claim", "")) if part)[:80]


def _get_not_accepted_sentence(provider: IdentityProvider) -> str:
    return _("The answer of %(provider)s wasn’t accepted. Try again.") % {"provider": provider.name}
