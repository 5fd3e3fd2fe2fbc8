"""Database functions and triggers are generated from the code after each migration, never by a migration.

So a new field needs only an ordinary migration: the triggers of its table follow from the model.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pgtrigger
from django.db import connection

# SQL functions by app, in the order of their dependencies.
FUNCTIONS: list[str] = []

INSTALLED = """
    SELECT t.tgname, obj_description(t.oid, 'pg_trigger') FROM pg_trigger t
    WHERE NOT t.tgisinternal AND t.tgparentid = 0 -- not the copies on partitions
"""


@dataclass(frozen=True)
class OutdatedTrigger:
    """A trigger that the database doesn't have, or has with another body."""

    name: str
    install: Callable[[], None]


def get_outdated_triggers() -> Iterator[OutdatedTrigger]:
    """The triggers that `install` would create now. Each one has the hash of its body as its comment."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED)
        installed = dict(cursor.fetchall())
    for model, trigger in pgtrigger.registered():
        compiled = trigger.compile(model)
        if installed.get(trigger.get_pgid(model)) != compiled.hash:
            yield OutdatedTrigger(trigger.get_pgid(model), partial(trigger.install, model))


def install_functions_and_triggers(**_signal) -> list[str]:
    """Bring functions and triggers up to date; returns the names of the triggers that were created.

    Only those that differ, because creating a trigger locks its table, and startup shouldn't wait for readers.
    """
    with connection.cursor() as cursor:
        for function in FUNCTIONS:
            cursor.execute(function)
    made = []
    for trigger in list(get_outdated_triggers()):
        trigger.install()
        made.append(trigger.name)
    pgtrigger.prune()
    return made
