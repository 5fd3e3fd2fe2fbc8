"""Addresses of websites: with http, https or nothing before them, never with a scheme that a browser would carry out."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# The digits after "example.com:8080" are a port.
SCHEME = re.compile(r"\s*([a-z][a-z0-9+.\-]*)\s*:(?!\d)", re.IGNORECASE)

REST = r"(?::\d+)?(?:[/?#]\S*)?"
ADDRESS = re.compile(rf"https?://[^\s/@:?#]+{REST}", re.IGNORECASE)
# Without a scheme, a word is no domain.
BARE = re.compile(rf"(?://)?([^\s/@:?#]+\.[^\s/@:?#.]{{2,}}{REST})")


def get_website_url(text: str) -> str:
    """Where a link with this text leads: to https, unless it names http. '' for a text that is no address, such as "none" or a sentence,
    which a page shows without a link."""
    text = text.strip()
    if ADDRESS.fullmatch(text):
        return text
    bare = BARE.fullmatch(text)
    return f"https://{bare[1]}" if bare else ""


def check_website(text: str) -> None:
    """Raises ValidationError for another scheme, such as javascript: or ftp:."""
    found = SCHEME.match(text.replace("\t", "").replace("\n", "").replace("\r", ""))
    if found and found[1].lower() not in ("http", "https"):
        raise ValidationError(_("Enter an address that starts with https:// or http://, or without either."))
