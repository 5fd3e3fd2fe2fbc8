"""What a browser may do with our pages, beyond Django and django-csp; and cookies under our own names."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse

# Pages use no other device features, and a script that got into a page anyway can't use them either.
UNUSED = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)
# Passkeys, never in a frame of another site.
PASSKEYS = ("publickey-credentials-create", "publickey-credentials-get")
POLICY = ", ".join([*(f"{name}=()" for name in UNUSED), *(f"{name}=(self)" for name in PASSKEYS)])


class BrowserPolicyMiddleware:
    """No device features for our pages, and no embedding in other sites' pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class NamedCookieStorage(CookieStorage):
    cookie_name = settings.MESSAGE_COOKIE_NAME


class Messages(FallbackStorage):
    """Django's own storage, with a cookie name that other hosts of the domain can't set."""

    storage_classes = (NamedCookieStorage, SessionStorage)
