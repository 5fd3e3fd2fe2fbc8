"""Everything that differs between machines: all environment settings, read once and validated with readable errors."""

import re
import secrets
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from environs import Env, EnvValidationError, ValidationError

ROOT = Path(__file__).resolve().parents[2]
# Prints one line on the terminal.
Say = Callable[[str], None]
LANGUAGES = [("en", "English"), ("ro", "Română")]


class SettingError(Exception):
    """A setting is missing or invalid; the text is printed on the terminal."""


@dataclass(frozen=True)
class Setting:
    """An environment variable: its name, its default, and its meaning (the README's table)."""

    name: str
    default: str
    meaning: str


# fmt: off
TABLE = [
    Setting("LEADWELL_MODE", "demo", "`demo` or `production`. Production has no demo company and checks all settings when it starts"),
    Setting("HOST", "127.0.0.1", "the address the web server listens on"),
    Setting("PORT", "8000", "the port the web server listens on"),
    Setting("LEADWELL_URL", "http://HOST:PORT", "the address of the site, `https://…` in production"),
    Setting("LEADWELL_SECRET_KEY", "generated on the first demo run", "signs sessions and links, at least 50 characters"),
    Setting("LEADWELL_SECRET_KEY_FALLBACKS", "none", "previous secret keys, separated by commas, so that existing sessions and links stay valid"),
    Setting("LEADWELL_DATA", "var", "the folder for the embedded database, files, backups and logs"),
    Setting("LEADWELL_DEMO_PASSWORD", "generated and printed on the first run", "the password of the demo accounts, kept until you set another one"),
    Setting("LEADWELL_ADMIN_EMAIL", "asked on the terminal", "the email of the first administrator in production"),
    Setting("LEADWELL_ADMIN_PASSWORD", "asked on the terminal", "the password of the first administrator"),
    Setting("DATABASE_URL", "the embedded server", "`postgres://user:password@host:port/name`, PostgreSQL 16 or newer"),
    Setting("DATABASE_DIRECT_URL", "DATABASE_URL", "the same database without the transaction pooler, for the worker"),
    Setting("EMAIL_URL", "files in LEADWELL_DATA/mail", "`smtp+tls://user:password@host:587`"),
    Setting("LEADWELL_MAIL_FROM", "`Leadwell <leadwell@localhost>`", "the sender of emails"),
    Setting("LEADWELL_PROXIES", "0", "the number of your own proxies that set X-Forwarded-For"),
    Setting("LEADWELL_WEB_PROCESSES", "2", "the number of web server processes"),
    Setting("LEADWELL_WEB_THREADS", "4", "the number of threads in each process"),
    Setting("LEADWELL_LANGUAGE", "en", "`en` or `ro`, the default language"),
    Setting("LEADWELL_TIME_ZONE", "Europe/Bucharest", "the default time zone"),
    Setting("LEADWELL_BASE_CURRENCY", "EUR", "the base currency, fixed once leads have values or other currencies have rates"),
    Setting("UNDO_DAYS", "30", "how many days a change can be undone"),
    Setting("FILE_DAYS", "30", "how many days the files of imports and exports are kept"),
    Setting("FILE_MEGABYTES", "20", "the largest file that can be attached to a record, in megabytes, at most 100"),
    Setting("EXPORT_APPROVAL_ABOVE", "0", "exports of more leads than this need approval, 0 for never"),
    Setting("LEADWELL_DIALER", "`tel:`, the device's own", "the address of your phone system that calls a number, such as `https://dial.example.com/?to={phone}`"),
]
# fmt: on


def _one_of(*allowed: str):
    def check(value: str) -> None:
        if value not in allowed:
            raise ValidationError(f"must be {' or '.join(allowed)}")

    return check


def _between(low: int, high: int):
    def check(value: int) -> None:
        if not low <= value <= high:
            raise ValidationError(f"must be a whole number from {low} to {high}")

    return check


def _dialer(value: str) -> None:
    # A script in a link would run on every page.
    if value and not (
        "{phone}" in value and re.match(r"(?!javascript|data|vbscript)[a-z][a-z0-9+.-]*:", value)
    ):
        raise ValidationError("must be an address with {phone} in the place of the number")


def _zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError("is not the name of a time zone, such as Europe/Bucharest")


def _currency(value: str) -> None:
    if not (len(value) == 3 and value.isascii() and value.isupper()):
        raise ValidationError("must be a currency of three capital letters, such as EUR")


def _postgres(value: str) -> None:
    if not value:
        return
    parts = _split(value)
    if parts is None or parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ValidationError("must look like postgres://user:password@host:port/name")


def _address(value: str) -> None:
    if not value:
        return
    parts = _split(value)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ValidationError("must look like https://crm.example.com, without a path")


def _split(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        _ = parts.port  # an invalid port raises only when it is read
    except ValueError:
        return None
    return parts


# The default ports; smtp+tls starts unencrypted and then upgrades (STARTTLS).
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}


def _mail_server(value: str) -> None:
    if not value:
        return
    parts = _split(value)
    if parts is None or parts.scheme not in MAIL_PORTS or not parts.hostname:
        raise ValidationError("must look like smtp+tls://user:password@mail.example.com:587")


def _sender(value: str) -> None:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(value)[1]):
        raise ValidationError("must look like Leadwell <crm@example.com>")


@dataclass(frozen=True)
class Environment:
    """The settings of this machine, converted to the types that the code uses."""

    mode: str
    host: str
    port: int
    url: str
    secret_key: str
    secret_key_fallbacks: list[str]
    data: Path
    demo_password: str
    admin_email: str
    admin_password: str
    database_url: str
    database_direct_url: str
    email: dict
    mail_from: str
    proxies: int
    web_processes: int
    web_threads: int
    language: str
    time_zone: str
    base_currency: str
    undo_days: int
    file_days: int
    file_megabytes: int
    export_approval_above: int
    dialer: str

    @property
    def demo(self) -> bool:
        return self.mode == "demo"

    @property
    def listens_everywhere(self) -> bool:
        return self.host in ("0.0.0.0", "::")  # noqa: S104


def read_environment() -> Environment:
    """Read and check all settings.

    Raises SettingError with one sentence per line for everything missing or invalid.
    """
    env = Env(eager=False)
    mode = env.str("LEADWELL_MODE", "demo", validate=_one_of("demo", "production"))
    data = Path(env.str("LEADWELL_DATA", "") or ROOT / "var").absolute()
    host = env.str("HOST", "127.0.0.1")
    port = env.int("PORT", 8000, validate=_between(1, 65535)) or 8000
    environment = Environment(
        mode=mode,
        host=host,
        port=port,
        url=(env.str("LEADWELL_URL", "", validate=_address) or _address_of(host, port)).rstrip("/"),
        secret_key=env.str("LEADWELL_SECRET_KEY", ""),
        secret_key_fallbacks=list(filter(None, env.list("LEADWELL_SECRET_KEY_FALLBACKS", []) or [])),
        data=data,
        demo_password=env.str("LEADWELL_DEMO_PASSWORD", ""),
        admin_email=env.str("LEADWELL_ADMIN_EMAIL", ""),
        admin_password=env.str("LEADWELL_ADMIN_PASSWORD", ""),
        database_url=env.str("DATABASE_URL", "", validate=_postgres),
        database_direct_url=env.str("DATABASE_DIRECT_URL", "", validate=_postgres),
        email=_mail(env.str("EMAIL_URL", "", validate=_mail_server), data),
        mail_from=env.str("LEADWELL_MAIL_FROM", "Leadwell <leadwell@localhost>", validate=_sender),
        proxies=env.int("LEADWELL_PROXIES", 0, validate=_between(0, 9)),
        web_processes=env.int("LEADWELL_WEB_PROCESSES", 2, validate=_between(1, 64)),
        web_threads=env.int("LEADWELL_WEB_THREADS", 4, validate=_between(1, 64)),
        language=env.str("LEADWELL_LANGUAGE", "en", validate=_one_of(*dict(LANGUAGES))),
        time_zone=env.str("LEADWELL_TIME_ZONE", "Europe/Bucharest", validate=_zone),
        base_currency=env.str("LEADWELL_BASE_CURRENCY", "EUR", validate=_currency),
        undo_days=env.int("UNDO_DAYS", 30, validate=_between(1, 3650)),
        file_days=env.int("FILE_DAYS", 30, validate=_between(1, 3650)),
        file_megabytes=env.int("FILE_MEGABYTES", 20, validate=_between(1, 100)),
        export_approval_above=env.int("EXPORT_APPROVAL_ABOVE", 0, validate=_between(0, 10**9)),
        dialer=env.str("LEADWELL_DIALER", "", validate=_dialer),
    )
    try:
        env.seal()
    except EnvValidationError as error:
        found: Any = error.error_messages
        sentences = [f"{name} {_sentence(messages)}" for name, messages in found.items()]
        raise SettingError("\n".join(sentences)) from None
    if environment.database_direct_url and not environment.database_url:
        raise SettingError("DATABASE_DIRECT_URL requires DATABASE_URL.")
    if environment.demo:
        return _with_demo_secret(environment)
    _check_production(environment)
    return environment


def _mail(url: str, data: Path) -> dict[str, Any]:
    """Django's EMAIL_… settings; without a server, emails are written to files."""
    parts = _split(url) if url else None
    if parts is None or parts.scheme not in MAIL_PORTS:
        return {
            "EMAIL_BACKEND": "crm.server.mail_files.PrivateMailFiles",
            "EMAIL_FILE_PATH": data / "mail",
        }
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or MAIL_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
    }


def _address_of(host: str, port: int) -> str:
    """The URL at which this machine itself reaches the web server."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - listens everywhere, called by name
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _sentence(messages: list) -> str:
    text = "; ".join(str(message) for message in messages)
    return f"is invalid: {text[:1].lower()}{text[1:].rstrip('.')}."


def _check_production(environment: Environment) -> None:
    wrong = []
    key = environment.secret_key
    if len(key) < 50 or len(set(key)) < 5 or key.startswith("demo-"):
        wrong.append(
            "LEADWELL_SECRET_KEY is required in production: 50 random characters or more, not the demo's. "
            "`python3 -c 'import secrets; print(secrets.token_urlsafe(50))'` prints one."
        )
    if urlsplit(environment.url).scheme != "https":
        wrong.append("LEADWELL_URL is required in production: the https:// URL that people use.")
    if environment.demo_password:
        wrong.append("LEADWELL_DEMO_PASSWORD must not be set in production.")
    if "EMAIL_HOST" not in environment.email:
        wrong.append(
            "EMAIL_URL is required in production, such as smtp+tls://user:password@mail.example.com:587."
        )
    if wrong:
        raise SettingError("\n".join(wrong))


def _with_demo_secret(environment: Environment) -> Environment:
    """The demo generates a secret once and keeps it next to the data, so sessions survive a restart."""
    if environment.secret_key:
        return environment
    path = environment.data / "secret_key"
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(f"demo-{secrets.token_urlsafe(50)}")
        key = path.read_text()
    except OSError as error:
        raise SettingError(
            f"LEADWELL_DATA is invalid: {environment.data} can't be written ({error.strerror})."
        ) from None
    return Environment(**{**environment.__dict__, "secret_key": key})
