"""What Leadwell publishes about how assistants are connected, so that they need only its address (RFC 9728, RFC 8414)."""

from typing import Any

from django.conf import settings
from django.urls import reverse

PROTECTED_RESOURCE = "/.well-known/oauth-protected-resource"


def get_issuer() -> str:
    return settings.SITE_URL


def get_resource() -> str:
    """The address that the tokens are for, and no other."""
    return settings.SITE_URL + reverse("mcp")


def build_challenge(error: str = "") -> str:
    """The header by which a program without a valid token learns where to get one."""
    told = f', error="{error}"' if error else ""
    return f'Bearer resource_metadata="{settings.SITE_URL}{PROTECTED_RESOURCE}{reverse("mcp")}"{told}'


def build_resource_metadata() -> dict[str, Any]:
    return {
        "resource": get_resource(),
        "resource_name": "Leadwell",
        "authorization_servers": [get_issuer()],
        "bearer_methods_supported": ["header"],
    }


def build_server_metadata() -> dict[str, Any]:
    def get_address(name: str) -> str:
        return settings.SITE_URL + reverse(name)

    return {
        "issuer": get_issuer(),
        "authorization_endpoint": get_address("assistant_connect"),
        "token_endpoint": get_address("oauth_token"),
        "registration_endpoint": get_address("oauth_register"),
        "revocation_endpoint": get_address("oauth_revoke"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }
