"""Addresses of websites: with http, https or nothing before them, never with a scheme that a browser would carry out."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# The digits after "example.com:8080" are a port.
SCHEME = re.compile(r"\s*([a-z][a-z0-9+.\-]*)\s*:(?!\d)", re.IGNORECASE)


def check_website(text: str) -> None:
    """Raises ValidationError for another scheme, such as javascript: or ftp:."""
    found = SCHEME.match(text.replace("\t", "").replace("\n", "").replace("\r", ""))
    if found and found[1].lower() not in ("http", "https"):
        raise ValidationError(_("Enter an address that starts with https:// or http://, or without either."))
