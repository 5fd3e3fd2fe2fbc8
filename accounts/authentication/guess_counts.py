"""Counting guesses of secrets in the rows of django-axes, by the rules of guess_rules.py.

A guess is counted before it is checked and taken off if it was right, so guesses that are sent at the same moment count too.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from axes.models import AccessAttempt
from django.db import transaction
from django.db.models import F, Max, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from accounts.authentication.guess_rules import (
    CODE_RULE,
    KNOWN_BROWSER,
    PASSWORD_RULE,
    Guesses,
    Rule,
    get_wait,
    get_wait_for_password,
)
from crm.platform.web.client_address import get_client_address

# Rows that are counted for all addresses together, and for an address that a proxy made up.
EVERYWHERE, UNREADABLE = "::", "0.0.0.0"  # noqa: S104 - not to listen on
# The end of the name under which codes are counted.
OF_CODES = " code"
# Whoever has an IPv6 address has a network of this size.
PREFIX = 64


@dataclass(frozen=True)
class GuessPlace:
    """Where a guess is counted: `name` is the account, with what is known of the browser; `address` a network, or EVERYWHERE."""

    name: str
    address: str
    rule: Rule

    @property
    def rows(self):
        return AccessAttempt.objects.filter(username=self.name, ip_address=self.address)


def build_guess_place(name: str, request: HttpRequest, *, is_known: bool, is_code: bool) -> GuessPlace:
    if is_code:
        return GuessPlace(f"{name}{OF_CODES}", EVERYWHERE, CODE_RULE)
    return (
        GuessPlace(name, EVERYWHERE, KNOWN_BROWSER)
        if is_known
        else GuessPlace(name, get_network(request), PASSWORD_RULE)
    )


def get_network(request: HttpRequest) -> str:
    """The address of an IPv4 client, the network of an IPv6 client."""
    with suppress(ValueError):
        found = ip_address(get_client_address(request))
        if found.version == 4:
            return str(found)
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ip_network((int(found), PREFIX), strict=False).network_address)
    return UNREADABLE


@transaction.atomic
def record_guess_or_get_wait(place: GuessPlace) -> int:
    """Count a guess and return 0, or return how many seconds it has to wait, uncounted. Guesses at one place come one after
    the other."""
    rows = AccessAttempt.objects.select_for_update()
    defaults = {
        "failures_since_start": 0,
        "path_info": "",
        "http_accept": "",
        "get_data": "",
        "post_data": "",
    }
    row, _made = rows.get_or_create(
        username=place.name, ip_address=place.address, user_agent="", defaults=defaults
    )
    now = timezone.now()
    if wait := get_wait_seconds(place, now):
        return wait
    is_over = row.attempt_time < now - timedelta(seconds=place.rule.memory)
    row.failures_since_start = 1 if is_over else row.failures_since_start + 1
    row.attempt_time = now
    row.save(update_fields=["failures_since_start", "attempt_time"])
    return 0


def remove_recorded_guess(place: GuessPlace) -> None:
    """The guess was right, so it was none."""
    place.rows.filter(failures_since_start__gt=0).update(failures_since_start=F("failures_since_start") - 1)


def get_wait_seconds(place: GuessPlace, now: datetime | None = None) -> int:
    """The seconds until the next guess at this place is checked; 0 for now."""
    now = now or timezone.now()

    def count(rows: QuerySet) -> Guesses:
        return _count_remembered_failures(rows, place.rule, now)

    if place.rule is not PASSWORD_RULE:
        return get_wait(place.rule, count(place.rows))
    at_account = count(AccessAttempt.objects.filter(username=place.name)).count
    from_address = count(AccessAttempt.objects.filter(ip_address=place.address))
    return get_wait_for_password(lambda: count(place.rows), from_address, at_account)


def count_guesses(place: GuessPlace) -> int:
    return _count_remembered_failures(place.rows, place.rule, timezone.now()).count


def _count_remembered_failures(rows, rule: Rule, now: datetime) -> Guesses:
    remembered = rows.filter(
        failures_since_start__gt=0, attempt_time__gt=now - timedelta(seconds=rule.memory)
    )
    found = remembered.aggregate(count=Sum("failures_since_start"), last=Max("attempt_time"))
    since = (now - found["last"]).total_seconds() if found["last"] else 0
    return Guesses(found["count"] or 0, since)
