"""The demo company: each app contributes its part, and `manage.py demo` puts the parts together."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from crm.platform.configuration.environment import Say
from crm.platform.models.operation import LOAD_DEMO, Operation, Verdict
from crm.platform.record_types import RECORD_TYPES

FIRST_SIZE = 4_000


@dataclass(frozen=True)
class DemoPart:
    """One app's part of the demo; every step is optional.

    people(password)  creates the accounts, once
    password(text)    sets this password for all accounts
    accounts()        the accounts to sign in with: (email, role) in the order of the welcome text
    empty()           whether this part of the company doesn't exist yet
    grow(total, say)  adds records until there are `total`, and returns how many were added; or adds what is no record
    first_day()       today's activity, after the first growth
    """

    people: Callable[[str], None] | None = None
    password: Callable[[str], None] | None = None
    accounts: Callable[[], list[tuple[str, str]]] | None = None
    empty: Callable[[], bool] | None = None
    grow: Callable[[int, Say], int | None] | None = None
    first_day: Callable[[], None] | None = None


PARTS: list[DemoPart] = []


def grow_demo(total: int, say: Say) -> int:
    """Grow the demo company to that many leads, all or nothing, and record which records are the demo's."""
    install_people()
    with transaction.atomic(), record_demo_records():
        return sum(part.grow(total, say) or 0 for part in PARTS if part.grow)


@contextmanager
def record_demo_records() -> Iterator[None]:
    """The records that are added inside become the verdicts of an operation. No one else can add records meanwhile, so all
    higher IDs are the demo's."""
    models = [found.model for found in RECORD_TYPES.values()]
    with connection.cursor() as cursor:
        tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models)
        cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
    before = {model: model._default_manager.aggregate(last=Max("pk"))["last"] or 0 for model in models}
    yield
    added = {
        model.table: list(
            model._default_manager.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
        )
        for model, last in before.items()
    }
    if count := sum(map(len, added.values())):
        values = {"kind": LOAD_DEMO, "channel": Operation.Channel.SYSTEM, "matched": count, "changed": count}
        record = Operation.objects.create(**values)
        Verdict.objects.bulk_create(
            Verdict(operation=record, table=table, word=Verdict.Word.CHANGED, ids=ids, count=len(ids))
            for table, ids in added.items()
            if ids
        )


def load_if_empty(say: Say) -> None:
    """Load the demo company if there never was one: one that was removed stays away, also once Trash is empty."""
    install_people()
    if not Operation.objects.of_demo().exists() and any(part.empty() for part in PARTS if part.empty):
        say("Loading the demo company …")
        with transaction.atomic():
            grow_demo(FIRST_SIZE, say)
            for part in PARTS:
                if part.first_day:
                    part.first_day()


def get_demo_accounts() -> list[tuple[str, str]]:
    """The accounts to sign in with: (email, role)."""
    return [account for part in PARTS if part.accounts for account in part.accounts()]


def install_people() -> str:
    """Create the demo's people. All accounts have one password: the last one set in the environment of any command, or
    one generated on the first start.

    It is stored next to the data: commands without a password, or with the same one, leave it unchanged, because
    someone may have changed the password of their account since.
    """
    kept = get_demo_password()
    password = settings.ENVIRONMENT.demo_password or kept or secrets.token_urlsafe(9)
    for part in PARTS:
        if part.people:
            part.people(password)
        if part.password and password != kept:
            part.password(password)
    if password != kept:
        path = _get_password_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(password)
    return password


def get_demo_password() -> str:
    """The shared password of the demo accounts, or '' before there is one."""
    path = _get_password_path()
    return path.read_text() if path.exists() else ""


def _get_password_path() -> Path:
    return settings.DATA / "demo_password"
