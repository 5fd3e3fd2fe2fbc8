"""Addresses that say what an email is about, such as sales+lead-12-mjxwk2l…@example.com: the word before the mark is signed.

A mark has 100 bits, and upper and lower case are the same, because mail servers may change them.
"""

import re
from base64 import b32encode
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User
from mailboxes.models import Mailbox

MARK = 20
SIGNED = re.compile(rf"\+([a-z]+-\d{{1,18}})-([a-z2-7]{{{MARK}}})$")
BCC = "bcc"


def build_signed_address(mailbox: Mailbox, name: str, pk: int) -> str:
    """`name` is the kind of a record, or BCC for a user."""
    local, _at, domain = mailbox.address.rpartition("@")
    return f"{local}+{name}-{pk}-{_compute_mark(f'{name}-{pk}', settings.SECRET_KEY)}@{domain}"


def get_bcc_address(user: User) -> str:
    """Emails to it are added to the timelines of their recipients; '' if no shared mailbox takes plus addresses. That of one
    of the user's departments comes first."""
    boxes = [box for box in Mailbox.objects.with_plus_addresses().order_by("pk") if box.is_connected]
    boxes.sort(key=lambda box: box.department_id not in user.department_ids)
    return build_signed_address(boxes[0], BCC, user.pk) if boxes else ""


def parse_signed_addresses(addresses: Iterable[str], mailbox: Mailbox) -> Iterator[tuple[str, int]]:
    """The names and IDs in addresses of this mailbox; those with a wrong mark are skipped."""
    own, _at, own_domain = mailbox.address.lower().rpartition("@")
    for address in addresses:
        local, _at, domain = address.lower().rpartition("@")
        found = SIGNED.search(local)
        if found and domain == own_domain and local[: found.start()] == own and _is_ours(*found.groups()):
            name, _dash, pk = found[1].rpartition("-")
            yield name, int(pk)


def _is_ours(word: str, mark: str) -> bool:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(_compute_mark(word, secret), mark) for secret in secrets)


def _compute_mark(word: str, secret: str) -> str:
    digest = salted_hmac("mailboxes.signed_addresses", word, secret=secret, algorithm="sha256").digest()
    return b32encode(digest).decode().lower()[:MARK]
