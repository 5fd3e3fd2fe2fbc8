"""The demo company as it is loaded at any moment."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import demo as people
from crm.platform.server.demo import PARTS, DemoPart


@pytest.fixture(scope="module")
def load_demo(django_db_setup, django_db_blocker) -> Callable[..., AbstractContextManager[None]]:
    """load_demo(number of leads, moment) loads all parts of the demo, or some, as if it were that moment; afterwards it is
    gone."""

    @contextmanager
    def load(total: int, moment: datetime, parts: Sequence[DemoPart] = PARTS) -> Iterator[None]:
        with (
            django_db_blocker.unblock(),
            pytest.MonkeyPatch.context() as patch,
            transaction.atomic(),
        ):
            patch.setattr(timezone, "now", lambda: moment)
            _set_database_clock(moment)
            people.install_demo_people("a-password-for-tests")
            for part in parts:
                if part.grow:
                    part.grow(total, lambda _text: None)
            for part in parts:
                if part.first_day:
                    part.first_day()
            connection.check_constraints()
            yield
            transaction.set_rollback(True)

    return load


def _set_database_clock(moment: datetime) -> None:
    """Until the end of the transaction: these functions are found before PostgreSQL's own."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA demo_clock")
        for name in ("now", "statement_timestamp"):
            cursor.execute(
                f"CREATE FUNCTION demo_clock.{name}() RETURNS timestamptz LANGUAGE sql STABLE "
                f"AS $$ SELECT '{moment.isoformat()}'::timestamptz $$"
            )
        cursor.execute("SET LOCAL search_path = demo_clock, public, pg_catalog")
