"""Where this thread reads: on the primary, or on a replica in its place."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import OperationalError, connections, transaction

from crm.platform.database.read_routing import ReplicaPlace, place_of_reads
from crm.scaling.replicas.replica_monitor import OPENED_WITHIN, get_watch

# Work for after a commit, as Django keeps it: savepoints, the function, and whether its errors are only logged.
Hook = tuple[set[Any], Callable[[], object], bool]


@contextmanager
def read_from_replica(place: ReplicaPlace | None, *, patiently: bool = False) -> Iterator[list[Hook]]:
    """Within this block, all queries of this thread go to the replica: it takes the place of the default connection, so a
    write fails, whoever tries it. What its transactions leave for after their commit, such as keeping a number, is in the
    list: pass it to `run_on_primary` after the block."""
    left: list[Hook] = []
    if place is None:
        yield left
        return
    primary = connections["default"]
    token = place_of_reads.set(place)
    try:
        found = get_replica_connection(place.alias, patiently=patiently)
        found.run_and_clear_commit_hooks = partial(_take_commit_hooks, found, left)
        connections["default"] = found
        yield left
    finally:
        place_of_reads.reset(token)
        connections["default"] = primary


def _take_commit_hooks(wrapper: Any, left: list[Hook]) -> None:
    """In the place of running them: a standby can't write."""
    left += wrapper.run_on_commit
    wrapper.run_on_commit = []


def move_commit_hooks_to_primary(left: list[Hook]) -> None:
    for _savepoints, function, robust in left:
        transaction.on_commit(function, robust=robust)


def get_replica_connection(alias: str, *, patiently: bool = False) -> Any:
    """The connection of this thread to a replica. Raises OperationalError."""
    found: Any = connections[alias]
    # Records that are read here are written to the primary later.
    found.alias = "default"
    # Also where Django connects again, such as at the end of a transaction whose connection was cut.
    found.get_new_connection = partial(open_connection_in_time, found, alias)
    found.ensure_connection()
    get_watch().guard(alias, found, patiently=patiently)
    return found


def open_connection_in_time(wrapper: Any, alias: str, parameters: dict[str, Any]) -> Any:
    """A new connection of the driver, whose own limit is at least two seconds. One that comes later is closed. Raises
    OperationalError."""
    if not get_watch().is_answering(alias):
        raise OperationalError("The replica doesn't answer.")
    waiting: Future = Future()

    def open_it() -> None:
        try:
            opened = type(wrapper).get_new_connection(wrapper, parameters)
        except Exception as error:
            opened = error
        if not waiting.set_running_or_notify_cancel():
            if not isinstance(opened, Exception):
                opened.close()
        elif isinstance(opened, Exception):
            waiting.set_exception(opened)
        else:
            waiting.set_result(opened)

    try:
        threading.Thread(target=open_it, name="connect to a replica", daemon=True).start()
    except RuntimeError as error:
        raise OperationalError("No thread can be started.") from error
    try:
        return waiting.result(OPENED_WITHIN)
    except TimeoutError:
        # If it can't be given up any more, it is there.
        if waiting.cancel():
            get_watch().leave_out(alias)
            raise OperationalError("The replica doesn't answer.") from None
        return waiting.result()
