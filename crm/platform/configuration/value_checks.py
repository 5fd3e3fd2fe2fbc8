"""Which values of the environment settings are valid. Each check raises ValidationError with the end of a sentence that begins
with the name of the setting."""

import re
import ssl
import zoneinfo
from collections.abc import Callable
from contextlib import suppress
from email.utils import parseaddr
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlsplit

from environs import ValidationError
from pyrage import RecipientError
from pyrage.x25519 import Recipient

from crm.platform.configuration.worker_lanes import LANE_NAMES

SHORTEST_SECRET = 20


def build_choice_check(*allowed: str) -> Callable[[str], None]:
    def check(value: str) -> None:
        if value not in allowed:
            raise ValidationError(f"must be {' or '.join(allowed)}")

    return check


def build_optional_check(check: Callable[[str], None]) -> Callable[[str], None]:
    """The same check for a setting that may be empty."""

    def check_given(value: str) -> None:
        if value:
            check(value)

    return check_given


def build_range_check(low: int, high: int) -> Callable[[int], None]:
    def check(value: int) -> None:
        if not low <= value <= high:
            raise ValidationError(f"must be a whole number from {low} to {high}")

    return check


def check_queue_names(value: str) -> None:
    if not set(split_at_commas(value)) <= set(LANE_NAMES):
        raise ValidationError(f"must be some of {', '.join(LANE_NAMES)}, separated by commas")


def check_dialer(value: str) -> None:
    # A script in a link would run on every page.
    if value and not (
        "{phone}" in value and re.match(r"(?!javascript|data|vbscript)[a-z][a-z0-9+.-]*:", value)
    ):
        raise ValidationError("must be an address with {phone} in the place of the number")


def check_time_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError("is not the name of a time zone, such as Europe/Bucharest")


def check_currency(value: str) -> None:
    if not (len(value) == 3 and value.isascii() and value.isupper()):
        raise ValidationError("must be a currency of three capital letters, such as EUR")


def check_postgres_url(value: str) -> None:
    if not value:
        return
    parts = split_url(value)
    if parts is None or parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ValidationError("must look like postgres://user:password@host:port/name")


def check_replica_urls(value: str) -> None:
    for url in split_at_commas(value):
        check_postgres_url(url)


def check_web_address(value: str) -> None:
    if not value:
        return
    parts = split_url(value)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ValidationError("must look like https://crm.example.com, without a path")


def split_url(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        _ = parts.port  # an invalid port raises only when it is read
    except ValueError:
        return None
    return parts


# The default ports; smtp+tls starts unencrypted and then upgrades (STARTTLS).
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}


def check_mail_server(value: str) -> None:
    if not value:
        return
    parts = split_url(value)
    if parts is None or parts.scheme not in MAIL_PORTS or not parts.hostname:
        raise ValidationError("must look like smtp+tls://user:password@mail.example.com:587")


def check_sender(value: str) -> None:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(value)[1]):
        raise ValidationError("must look like Leadwell <crm@example.com>")


def check_public_keys(value: str) -> None:
    for key in split_at_commas(value):
        try:
            Recipient.from_str(key)
        except RecipientError:
            raise ValidationError("must be public keys such as age1… from `make backup-key`") from None


def split_at_commas(value: str | None) -> list[str]:
    """The parts of a value that commas separate; none of an invalid value, which is reported later."""
    return [word.strip() for word in (value or "").split(",") if word.strip()]


def check_password_words(value: str) -> None:
    # A shorter one would be found in passwords that have nothing to do with it.
    if any(sum(letter.isalnum() for letter in word) < 4 for word in split_at_commas(value)):
        raise ValidationError("must be words of at least 4 letters or digits, separated by commas")


def check_audit_log(value: str) -> None:
    if value in ("", "stdout") or value.startswith("/"):
        return
    parts = split_url(value)
    if parts is not None and parts.hostname and not parts.username:
        if parts.scheme == "https" or (parts.scheme == "syslog+tls" and not parts.path.strip("/")):
            return
        if parts.scheme == "syslog" and not parts.path.strip("/"):
            # A name would have to be looked up for each line.
            with suppress(ValueError):
                ip_address(parts.hostname)
                return
    raise ValidationError(
        "must be stdout, the path of a file, or look like syslog://10.0.0.5:514, "
        "syslog+tls://logs.example.com:6514 or https://logs.example.com/leadwell"
    )


def check_file_store(value: str) -> None:
    if not value or value.startswith("/"):
        return
    parts = split_url(value)
    if parts is not None and parts.scheme == "s3" and parts.netloc and not parts.username:
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        if set(asked) <= {"endpoint", "region"} and all(asked.values()) and _is_web(asked.get("endpoint")):
            return
    raise ValidationError(
        "must be the full path of a folder, or look like s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-1"
    )


def _is_web(address: str | None) -> bool:
    parts = split_url(address or "https://amazonaws.com")
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)


def check_listener(value: str) -> None:
    if not value:
        return
    parts = split_url(f"//{value}")
    if parts is None or not parts.hostname or not parts.port or parts.netloc != value or parts.username:
        raise ValidationError("must look like 127.0.0.1:9464")


def check_certificate_file(value: str) -> None:
    if not value:
        return
    try:
        ssl.create_default_context(cafile=value)
    except OSError:
        raise ValidationError("must be the path of a file with a PEM certificate") from None


def check_secret(value: str) -> None:
    if value and len(value) < SHORTEST_SECRET:
        raise ValidationError(f"must have at least {SHORTEST_SECRET} characters")
