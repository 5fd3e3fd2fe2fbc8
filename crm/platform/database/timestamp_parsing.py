"""Points in time are read from PostgreSQL by Python's own parser: Django's takes ten times as long, half a millisecond
for each page of a list."""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import BaseTzLoader


class Moments(BaseTzLoader):
    # Django compares it with the time zone of its connections, which is always this one.
    timezone = UTC

    def load(self, data: Any) -> datetime:
        """An "infinity" or a year before 1, which Python doesn't have, is an error as before."""
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data)


def register_timestamp_loader(connection: Any, **_signal: Any) -> None:
    """For a connection that was just made."""
    connection.connection.adapters.register_loader("timestamptz", Moments)
