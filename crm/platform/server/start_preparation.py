"""What runs before the web server starts: checks, migrations, translations, the first people (static_files.py has the rest)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from crm.platform.configuration.environment import Say, SettingError
from crm.platform.database.checks import refuse_pooler, refuse_unfit_database
from crm.platform.database.connection_settings import connect_directly
from crm.platform.server.demo import load_if_empty
from crm.platform.server.translations import compile_messages
from crm.platform.web.transactions import LOCK_NOT_AVAILABLE, get_sqlstate

# Creates the first administrator of a production system; contributed by the app that knows people.
FIRST_PEOPLE: list[Callable[[Say], None]] = []
# Raises SettingError if it can't, before a database gets its tables; from the same app.
FIRST_PEOPLE_CHECKS: list[Callable[[], None]] = []

LOCK_TIMEOUT = "5s"
ATTEMPTS, PAUSE = 12, 3
ASKS_AGAIN = 0.3


def prepare_database(say: Say, *, checks_people: bool = False) -> None:
    """Reject an unsuitable database, then migrate it. `checks_people`: the first people of a new one are checked before."""
    connect_directly()
    refuse_pooler()
    refuse_unfit_database()
    if checks_people and not settings.DEMO and _is_new():
        for check in FIRST_PEOPLE_CHECKS:
            check()
    with _wait_until_alone(say):
        for attempt in range(ATTEMPTS):
            try:
                return _migrate_database(say)
            except OperationalError as error:
                if get_sqlstate(error) != LOCK_NOT_AVAILABLE:
                    raise
                say(f"The database is busy. Trying again ({attempt + 1} of {ATTEMPTS}).")
                time.sleep(PAUSE)
    raise SettingError(
        "The database stayed busy. Wait for the running import or backup to finish, then start again."
    )


def _is_new() -> bool:
    """Whether the database has no tables yet."""
    return "django_migrations" not in connection.introspection.table_names()


@contextmanager
def _wait_until_alone(say: Say) -> Iterator[None]:
    """Of two starts on one database, the second waits until the first has migrated. It asks again and again, because a
    statement that waits has a snapshot, and building an index while others write waits for all older snapshots."""
    with connections["progress"].cursor() as cursor:
        waits = False
        while not _is_alone(cursor):
            if not waits:
                say("Another process is preparing the database. Waiting …")
            waits = True
            time.sleep(ASKS_AGAIN)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('migrate'))")


def _is_alone(cursor) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(hashtext('migrate'))")
    return cursor.fetchone()[0]


def _migrate_database(say: Say) -> None:
    executor = MigrationExecutor(connection)
    steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if steps:
        say(f"Preparing the database: {steps} step{'s' if steps > 1 else ''} …")
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


def prepare_texts(say: Say) -> None:
    """Compile the translations if they changed since the last start: the pages and the worker need them."""
    if compile_messages():
        say("Translations compiled.")


def prepare_people(say: Say) -> None:
    """The demo company on its first run; in production the first administrator."""
    if settings.DEMO:
        load_if_empty(say)
        return
    for make in FIRST_PEOPLE:
        make(say)
