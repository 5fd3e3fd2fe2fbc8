"""For requests that are all undone: their session and their user are read by the first one only."""

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from accounts.authentication.session_store import SessionStore
from accounts.sign_in import EmailBackend


class Kept:
    """The sessions and users that were read so far. Reading both took a sixth of the time of all requests of the permission
    matrix, copying them without pickle another thirtieth."""

    def __init__(self) -> None:
        self.sessions: dict[str | None, bytes] = {}
        self.users: dict[Any, bytes] = {}

    def forget(self) -> None:
        self.sessions.clear()
        self.users.clear()


@contextmanager
def session_and_user_read_once(kept: Kept) -> Iterator[None]:
    """Inside, no request may leave anything behind. Each gets copies of its own, which it may change."""
    read_session: Callable = SessionStore._get_session_from_db
    read_user: Callable = EmailBackend.get_user

    def session_of(store: SessionStore) -> Any:
        key = store.session_key
        if key not in kept.sessions:
            found = read_session(store)
            if found is None:
                return None
            kept.sessions[key] = pickle.dumps(found)
        store.row = pickle.loads(kept.sessions[key])
        return store.row

    def user_of(backend: EmailBackend, user_id: Any) -> Any:
        if user_id not in kept.users:
            kept.users[user_id] = pickle.dumps(read_user(backend, user_id))
        return pickle.loads(kept.users[user_id])

    with (
        patch.object(SessionStore, "_get_session_from_db", session_of),
        patch.object(EmailBackend, "get_user", user_of),
    ):
        yield
