"""Django's sessions in our table: found by the hash of their key, with their user, browser and address."""

from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as StoreInTable
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Session
from crm.platform.database.log_positions import PRIMARY_POSITION_SQL

SIGNED_IN = "signed_in"
# The ID of the provider that a session was opened through.
SIGNED_ON = "signed_on"
# The position comes first: it depends on whether a commit is waited for. Two changes may end at the same moment.
KEEP_POSITION = f"""
    WITH present AS MATERIALIZED (SELECT {PRIMARY_POSITION_SQL} AS position),
         at_once AS (SELECT set_config('synchronous_commit', 'off', true), position FROM present)
    UPDATE accounts_session SET changed_until = greatest(changed_until, position) FROM at_once
    WHERE session_key = %s"""  # noqa: S608 - constants


def hash_session_key(key: str | None) -> str:
    """A random key of 32 letters needs no slow hash."""
    return sha256((key or "").encode("utf-8", "surrogatepass")).hexdigest()


class SessionStore(StoreInTable):
    """`row` is the stored session as it was read."""

    row: Any = None

    @classmethod
    def get_model_class(cls):
        return Session

    @cached_property
    def model(self):
        return self.get_model_class()

    def _get_session_from_db(self):
        rows = self.model.objects.alive()
        if settings.REPLICAS:
            rows = rows.with_primary()
        self.row = rows.filter(session_key=hash_session_key(self.session_key)).first()
        if self.row is None:
            self._session_key = None
        return self.row

    def exists(self, session_key) -> bool:
        return self.model.objects.filter(session_key=hash_session_key(session_key)).exists()

    def save(self, must_create: bool = False) -> None:
        """Raises UpdateError for a session that has been ended meanwhile."""
        if self.session_key is None:
            return self.create()
        values = self._build_values(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        found = self.model.objects.filter(session_key=hash_session_key(self.session_key))
        if not must_create:
            if not found.update(**values):
                raise UpdateError
            return None
        try:
            with transaction.atomic():
                self.model.objects.create(session_key=hash_session_key(self.session_key), **values)
        except IntegrityError as error:
            raise CreateError from error
        return None

    def _build_values(self, data: dict[str, Any]) -> dict[str, Any]:
        at, browser, address = data.get(SIGNED_IN) or (None, "", None)
        return {
            "session_data": self.encode(data),
            "expire_date": self.get_expiry_date(),
            "user_id": int(data[SESSION_KEY]) if SESSION_KEY in data else None,
            "browser": browser,
            "address": address,
            "signed_in_at": datetime.fromisoformat(at) if at else None,
            "used_at": timezone.now(),
        }

    def save_position(self) -> None:
        """After a change, with replicas: the next page must not be older. What is lost with a crash of the database was only
        needed for the moments before, so it isn't waited for."""
        with connection.cursor() as cursor:
            cursor.execute(KEEP_POSITION, [hash_session_key(self.session_key)])

    def delete(self, session_key=None) -> None:
        key = self.session_key if session_key is None else session_key
        if key is not None:
            self.model.objects.filter(session_key=hash_session_key(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        cls.get_model_class().objects.over().delete()


def begin_session(session: Any, browser: str, address: str | None) -> None:
    """Called at each sign-in: from now on, the session lasts at most SESSION_DAYS."""
    now = timezone.now()
    session[SIGNED_IN] = [now.isoformat(), browser, address]
    session.set_expiry(now + timedelta(days=settings.SESSION_DAYS))
