"""The addresses that people type for an email, and which addresses are our own."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

MOST_ADDRESSES = 20
# RFC 5321 allows no longer ones.
LONGEST_ADDRESS = 254
NAMED = re.compile(r'(?:"[^"<>]*"\s*|[^<>,;"]*)<([^<>\s]+)>')
check_address = EmailValidator()
# What other apps know: the addresses that the company receives emails at.
OWN_ADDRESSES: list[Callable[[], Iterable[str]]] = []


class WrongAddress(NamedTuple):
    """A text that no email can be sent to; it may be an address all the same."""

    text: str
    is_address: bool


def parse_addresses(text: str, known: Mapping[str, str] | None = None) -> list[str]:
    """The addresses in what was typed or pasted, each once, also those of "Ana Albu <ana@example.com>". `known` are names that stand
    for an address. Raises ValidationError with one sentence."""
    addresses = get_typed_addresses(NAMED.sub(r"\1", text), known or {})
    if len(addresses) > MOST_ADDRESSES:
        raise ValidationError(_("Enter at most %(number)s addresses.") % {"number": MOST_ADDRESSES})
    if wrong := find_wrong_address(addresses):
        words = (
            _("Emails can’t be sent to “%(address)s”.")
            if wrong.is_address
            else _("“%(address)s” isn’t an email address.")
        )
        raise ValidationError(words % {"address": wrong.text[:100]})
    return addresses


def get_typed_addresses(text: str, known: Mapping[str, str]) -> list[str]:
    """What stands between commas, semicolons and spaces, each once."""
    parts = [part for part in re.split(r"[,;\s]+", text) if part]
    return list({one.lower(): one for one in (known.get(part, part) for part in parts)}.values())


def find_wrong_address(addresses: Iterable[str]) -> WrongAddress | None:
    """The first of them that no email can be sent to."""
    for address in addresses:
        try:
            check_address(address)
        except ValidationError:
            return WrongAddress(address, is_address=False)
        if '"' in address or len(address) > LONGEST_ADDRESS:
            # Quotes could hide a comma, and hardly any address has them.
            return WrongAddress(address, is_address=True)
    return None


def get_own_addresses(user: Any) -> set[str]:
    """Those that an answer to all leaves out: the user's and the company's."""
    return {user.email, *(address for known in OWN_ADDRESSES for address in known())}


def remove_own_addresses(addresses: Iterable[str], own: Iterable[str]) -> list[str]:
    """Each once, without `own`. An address with a plus, such as sales+lead-12@example.com, is that of sales@example.com."""
    left = {normalize_address(address) for address in own}
    found = {address.lower(): address for address in addresses}
    return [address for address in found.values() if normalize_address(address) not in left]


def normalize_address(address: str) -> str:
    local, at, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"
