"""Requirements for a database before starting on it: reachable, new enough, UTF-8, and in production not a superuser's."""

from django.conf import settings
from django.core.checks import Error, Tags, register, run_checks
from django.db import OperationalError, ProgrammingError, connections
from django.db.migrations.recorder import MigrationRecorder

from crm.platform.configuration.environment import SettingError
from crm.platform.database.squashed_migrations import (
    LAST_READER,
    PASSES_THROUGH,
    has_partly_applied_squash,
    is_before_folding,
)

OLDEST = 16


class DatabaseAway(SettingError):
    """The database doesn't respond now, but may later."""


@register(Tags.database)
def check_database(app_configs=None, databases=None, **kwargs) -> list[Error]:
    if not databases:
        return []
    connection = connections["default"]
    connection.ensure_connection()
    told = connection.connection.info
    wrong = []
    if told.server_version < OLDEST * 10_000:
        found = told.server_version // 10_000
        wrong.append(
            Error(f"DATABASE_URL points to PostgreSQL {found}; {OLDEST} or newer is required.", id="crm.E001")
        )
    if told.parameter_status("server_encoding") != "UTF8":
        wrong.append(
            Error(
                "DATABASE_URL points to a database that isn't UTF-8; create it with ENCODING 'UTF8'.",
                id="crm.E002",
            )
        )
    if not settings.DEMO and told.parameter_status("is_superuser") == "on":
        wrong.append(
            Error(
                f"DATABASE_URL connects as the superuser {told.user}; production requires an ordinary role that owns "
                "the database (docs/run.md has the two commands that create it).",
                id="crm.E003",
            )
        )
    applied = {f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()}
    if is_before_folding(applied):
        words = (
            f"The database is from a Leadwell before 0.1. The last version that can read it is {LAST_READER}."
        )
        wrong.append(Error(words, id="crm.E004"))
    elif has_partly_applied_squash(applied):
        words = (
            f"The database is from an earlier Leadwell. It has to pass through the last {PASSES_THROUGH}: start that version "
            "on it once, then this one."
        )
        wrong.append(Error(words, id="crm.E005"))
    return wrong


def refuse_pooler() -> None:
    """Call after connect_directly(). Raises SettingError, or DatabaseAway, if this connection isn't one to PostgreSQL itself.

    A pooler such as pgbouncer tells each client a process ID of its own, because it passes on cancellations itself. In
    transaction mode, locks and LISTEN would be lost between two statements, and it rejects the worker's options.
    """
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            behind = cursor.fetchone()[0]
    except OperationalError as error:
        raise DatabaseAway(f"The database can't be reached: {str(error).strip()}") from None
    if behind != connections["default"].connection.info.backend_pid:
        raise SettingError(_get_pooler_error())


def _get_pooler_error() -> str:
    asked = settings.ENVIRONMENT.database_direct_url
    name = "DATABASE_DIRECT_URL" if asked else "DATABASE_URL"
    says = "Set it" if asked else "Keep it, and set DATABASE_DIRECT_URL"
    return (
        f"{name} points to a connection pooler such as pgbouncer. {says} to the address of PostgreSQL itself: migrations and "
        "the worker need a connection of their own."
    )


def refuse_unfit_database() -> None:
    """Raises SettingError, one sentence per line, if this database must not be used, or DatabaseAway if it can't be
    reached."""
    try:
        connections["default"].ensure_connection()
        found = run_checks(tags=[Tags.database], databases=["default"])
    except (OperationalError, ProgrammingError) as error:
        raise DatabaseAway(f"The database can't be reached: {str(error).strip()}") from None
    sentences = [message.msg for message in found if message.is_serious()]
    if sentences:
        raise SettingError("\n".join(sentences))
