"""Where a request comes from."""

from contextlib import suppress
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def get_client_address(request: HttpRequest) -> str:
    """The client's IP address, as seen by our outermost proxy."""
    proxies = settings.ENVIRONMENT.proxies
    forwarded = [
        part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()
    ]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies]
    return request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 - no address, not one to listen on


def get_storable_address(request: HttpRequest) -> str | None:
    """The client's IP address as PostgreSQL stores it; None if a proxy says something else."""
    with suppress(ValueError):
        return str(ip_address(get_client_address(request)))
    return None
