"""What a provider publishes about itself (OpenID Connect Discovery 1.0): its addresses and its keys."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import IdentityProvider
from accounts.single_sign_on.failure_reasons import ProviderUnreachable
from accounts.single_sign_on.provider_calls import is_safe, read_json

GOOGLE = "https://accounts.google.com"
PATH = "/.well-known/openid-configuration"
# Only signatures with a key pair: a shared secret or none proves nothing about the provider.
ALGORITHMS = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
]
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# Of the document, only these are kept.
KEPT = (
    "issuer",
    *ENDPOINTS,
    "token_endpoint_auth_methods_supported",
    "authorization_response_iss_parameter_supported",
    "claims_parameter_supported",
)
FRESH = timedelta(days=1)
MOST_KEYS = 50


def read_provider_document(issuer: str) -> dict[str, Any]:
    """The checked document of the provider with this address. Raises Unreachable."""
    document = read_json(issuer.rstrip("/") + PATH)
    if document.get("issuer") != issuer:
        raise ProviderUnreachable(
            _(
                "The server names another issuer: %(issuer)s. Enter exactly this address if it is the right one."
            )
            % {"issuer": str(document.get("issuer"))[:200]}
        )
    if any(not is_safe(document.get(name)) for name in ENDPOINTS):
        raise ProviderUnreachable(
            _("The server’s addresses for signing in are missing or don’t start with https://.")
        )
    _check_offer(document, "response_types_supported", ["code"])
    _check_offer(document, "code_challenge_methods_supported", ["S256"])
    _check_offer(document, "id_token_signing_alg_values_supported", ALGORITHMS)
    return {name: document[name] for name in KEPT if name in document}


def _check_offer(document: dict[str, Any], name: str, accepted: list[str]) -> None:
    """What isn't named isn't refused: Microsoft's document leaves out that it takes S256."""
    offered = document.get(name, accepted)
    if not isinstance(offered, list) or not set(map(str, offered)) & set(accepted):
        raise ProviderUnreachable(
            _("The server doesn’t offer what Leadwell requires: %(name)s has to include %(accepted)s.")
            % {"name": name, "accepted": accepted[0]}
        )


def read_signing_keys(document: dict[str, Any]) -> dict[str, Any]:
    """The keys that the provider signs with now. Raises Unreachable."""
    keys = read_json(document["jwks_uri"]).get("keys")
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise ProviderUnreachable(_("The server doesn’t publish its keys."))
    return {"keys": [key for key in keys if key.get("kty") in ("RSA", "EC", "OKP")][:MOST_KEYS]}


def refresh_provider(provider: IdentityProvider) -> None:
    """Read both again and keep them. Raises Unreachable."""
    document = read_provider_document(provider.issuer)
    provider.document, provider.keys, provider.read_at = document, read_signing_keys(document), timezone.now()
    provider.save(update_fields=["document", "keys", "read_at"])


def refresh_provider_if_old(provider: IdentityProvider) -> None:
    """Once a day. If the provider doesn't answer, what was read before is still used. Raises Unreachable without it."""
    if provider.read_at and timezone.now() - provider.read_at < FRESH:
        return
    try:
        refresh_provider(provider)
    except ProviderUnreachable:
        if not provider.document:
            raise


def refresh_provider_keys(provider: IdentityProvider) -> None:
    """The provider has signed with a key that isn't known yet. Raises Unreachable."""
    provider.keys = read_signing_keys(provider.document)
    provider.save(update_fields=["keys"])
