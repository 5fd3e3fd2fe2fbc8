"""Everything that differs between machines: all environment settings, read once and validated with readable errors."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from environs import Env, EnvValidationError

from crm.platform.configuration import value_checks
from crm.platform.monitoring import opentelemetry

ROOT = Path(__file__).resolve().parents[3]
# Prints one line on the terminal.
Say = Callable[[str], None]
# So many are kept if no one says otherwise.
NIGHTLY_BACKUPS = 14
LANGUAGES = [("en", "English"), ("ro", "Română")]


class SettingError(Exception):
    """A setting is missing or invalid; the text is printed on the terminal."""


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
    files: str
    demo_password: str
    admin_email: str
    admin_password: str
    database_url: str
    database_direct_url: str
    database_replica_urls: list[str]
    email: dict
    mail_from: str
    proxies: int
    web_processes: int
    web_threads: int
    queues: list[str]
    language: str
    time_zone: str
    base_currency: str
    undo_days: int
    file_days: int
    file_megabytes: int
    export_approval_above: int
    mailing_approval_above: int
    audit_months: int
    changes_months: int
    jobs_months: int
    audit_reads: int
    audit_log: str
    audit_ca: str
    audit_secret: str
    session_days: int
    session_idle_hours: int
    export_password_above: int
    dialer: str
    push: bool
    metrics: str
    slow_ms: int
    log: str
    otel: bool
    backup_keys: list[str]
    backups_kept: int
    password_words: list[str]

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
    database_url = env.str("DATABASE_URL", "", validate=value_checks.check_postgres_url)
    mode = env.str("LEADWELL_MODE", "demo", validate=value_checks.build_choice_check("demo", "production"))
    data = Path(env.str("LEADWELL_DATA", "") or ROOT / "var").absolute()
    host = env.str("HOST", "127.0.0.1")
    port = env.int("PORT", 8000, validate=value_checks.build_range_check(1, 65535)) or 8000
    environment = Environment(
        mode=mode,
        host=host,
        port=port,
        url=(
            env.str("LEADWELL_URL", "", validate=value_checks.check_web_address)
            or _get_own_address(host, port)
        ).rstrip("/"),
        secret_key=env.str("LEADWELL_SECRET_KEY", ""),
        secret_key_fallbacks=list(filter(None, env.list("LEADWELL_SECRET_KEY_FALLBACKS", []) or [])),
        data=data,
        files=env.str("LEADWELL_FILES", "", validate=value_checks.check_file_store),
        demo_password=env.str("LEADWELL_DEMO_PASSWORD", ""),
        admin_email=env.str("LEADWELL_ADMIN_EMAIL", ""),
        admin_password=env.str("LEADWELL_ADMIN_PASSWORD", ""),
        database_url=database_url,
        database_direct_url=env.str("DATABASE_DIRECT_URL", "", validate=value_checks.check_postgres_url),
        database_replica_urls=value_checks.split_at_commas(
            env.str("DATABASE_REPLICA_URLS", "", validate=value_checks.check_replica_urls)
        ),
        email=_get_mail_settings(env.str("EMAIL_URL", "", validate=value_checks.check_mail_server), data),
        mail_from=env.str(
            "LEADWELL_MAIL_FROM", "Leadwell <leadwell@localhost>", validate=value_checks.check_sender
        ),
        proxies=env.int("LEADWELL_PROXIES", 0, validate=value_checks.build_range_check(0, 9)),
        web_processes=env.int("LEADWELL_WEB_PROCESSES", 2, validate=value_checks.build_range_check(1, 64)),
        web_threads=env.int("LEADWELL_WEB_THREADS", 4, validate=value_checks.build_range_check(1, 64)),
        queues=value_checks.split_at_commas(
            env.str("LEADWELL_QUEUES", "", validate=value_checks.check_queue_names)
        ),
        language=env.str(
            "LEADWELL_LANGUAGE",
            "",
            validate=value_checks.build_optional_check(value_checks.build_choice_check(*dict(LANGUAGES))),
        ),
        time_zone=env.str(
            "LEADWELL_TIME_ZONE", "", validate=value_checks.build_optional_check(value_checks.check_time_zone)
        ),
        base_currency=env.str(
            "LEADWELL_BASE_CURRENCY",
            "",
            validate=value_checks.build_optional_check(value_checks.check_currency),
        ),
        undo_days=env.int("UNDO_DAYS", 30, validate=value_checks.build_range_check(1, 3650)),
        file_days=env.int("FILE_DAYS", 30, validate=value_checks.build_range_check(1, 3650)),
        file_megabytes=env.int("FILE_MEGABYTES", 20, validate=value_checks.build_range_check(1, 100)),
        export_approval_above=env.int(
            "EXPORT_APPROVAL_ABOVE", 0, validate=value_checks.build_range_check(0, 10**9)
        ),
        mailing_approval_above=env.int(
            "MAILING_APPROVAL_ABOVE", 0, validate=value_checks.build_range_check(0, 10**9)
        ),
        audit_months=env.int("LEADWELL_AUDIT_MONTHS", 12, validate=value_checks.build_range_check(1, 240)),
        changes_months=env.int("LEADWELL_CHANGES_MONTHS", 0, validate=value_checks.build_range_check(0, 240)),
        jobs_months=env.int("LEADWELL_JOBS_MONTHS", 0, validate=value_checks.build_range_check(0, 240)),
        audit_reads=env.int("LEADWELL_AUDIT_READS", 100, validate=value_checks.build_range_check(0, 100)),
        audit_log=env.str("LEADWELL_AUDIT_LOG", "", validate=value_checks.check_audit_log),
        audit_ca=env.str("LEADWELL_AUDIT_CA", "", validate=value_checks.check_certificate_file),
        audit_secret=env.str("LEADWELL_AUDIT_SECRET", "", validate=value_checks.check_secret),
        session_days=env.int("LEADWELL_SESSION_DAYS", 14, validate=value_checks.build_range_check(1, 90)),
        session_idle_hours=env.int(
            "LEADWELL_SESSION_IDLE_HOURS", 12, validate=value_checks.build_range_check(1, 720)
        ),
        export_password_above=env.int(
            "EXPORT_PASSWORD_ABOVE", 1000, validate=value_checks.build_range_check(0, 10_000)
        ),
        dialer=env.str("LEADWELL_DIALER", "", validate=value_checks.check_dialer),
        backup_keys=value_checks.split_at_commas(
            env.str("LEADWELL_BACKUP_KEYS", "", validate=value_checks.check_public_keys)
        ),
        backups_kept=env.int(
            "LEADWELL_BACKUPS_KEPT",
            NIGHTLY_BACKUPS if mode == "production" and not database_url else 0,
            validate=value_checks.build_range_check(0, 1000),
        ),
        password_words=value_checks.split_at_commas(
            env.str("LEADWELL_PASSWORD_WORDS", "", validate=value_checks.check_password_words)
        ),
        metrics=env.str("LEADWELL_METRICS", "", validate=value_checks.check_listener),
        slow_ms=env.int("LEADWELL_SLOW_MS", 500, validate=value_checks.build_range_check(0, 3_600_000)),
        log=env.str("LEADWELL_LOG", "text", validate=value_checks.build_choice_check("text", "json")),
        otel=env.str("LEADWELL_OTEL", "off", validate=value_checks.build_choice_check("on", "off")) == "on",
        push=env.str("LEADWELL_PUSH", "on", validate=value_checks.build_choice_check("on", "off")) == "on",
    )
    try:
        env.seal()
    except EnvValidationError as error:
        found: Any = error.error_messages
        sentences = [f"{name} {_join_error_messages(messages)}" for name, messages in found.items()]
        raise SettingError("\n".join(sentences)) from None
    if environment.database_direct_url and not environment.database_url:
        raise SettingError("DATABASE_DIRECT_URL requires DATABASE_URL.")
    if environment.database_replica_urls and not environment.database_url:
        raise SettingError("DATABASE_REPLICA_URLS requires DATABASE_URL.")
    if environment.metrics.endswith(f":{environment.port}"):
        raise SettingError(
            "LEADWELL_METRICS needs another port than PORT: metrics are never on the public one."
        )
    if environment.audit_log.startswith("https://") and not environment.audit_secret:
        raise SettingError(
            "LEADWELL_AUDIT_LOG with https:// requires LEADWELL_AUDIT_SECRET, which signs the entries."
        )
    if 0 < environment.changes_months * 28 < environment.undo_days:
        raise SettingError("LEADWELL_CHANGES_MONTHS is shorter than UNDO_DAYS: an undo needs the changes.")
    if environment.otel and not opentelemetry.is_installed():
        raise SettingError(opentelemetry.NOT_INSTALLED)
    if environment.demo:
        return _add_demo_secret(environment)
    _check_production(environment)
    return environment


def _get_mail_settings(url: str, data: Path) -> dict[str, Any]:
    """Django's EMAIL_… settings; without a server, emails are written to files."""
    parts = value_checks.split_url(url) if url else None
    if parts is None or parts.scheme not in value_checks.MAIL_PORTS:
        return {
            "EMAIL_BACKEND": "crm.platform.mail.file_backend.PrivateMailFiles",
            "EMAIL_FILE_PATH": data / "mail",
        }
    return {
        "EMAIL_BACKEND": "crm.platform.mail.smtp_backend.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or value_checks.MAIL_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
    }


def _get_own_address(host: str, port: int) -> str:
    """The URL at which this machine itself reaches the web server."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - listens everywhere, called by name
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _join_error_messages(messages: list) -> str:
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


def _add_demo_secret(environment: Environment) -> Environment:
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
