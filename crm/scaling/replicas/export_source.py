"""Where the rows of an export come from: a replica for long reads, once more if it cancels the export, otherwise the primary.

A replica without feedback to the primary cancels a query that reads what it has to remove, after it has waited with replaying for as long
as it may. Then it is behind and replays what it has kept back, for which the export waits. The file is begun again, which is
possible because no one gets a part of it.
"""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.db import Error, connection

from crm.platform.database import log_positions
from crm.platform.database.read_routing import ReplicaBehind, ReplicaPlace
from crm.platform.web.transactions import OPERATIONAL, get_sqlstate
from crm.scaling.replicas.read_routing import move_commit_hooks_to_primary, read_from_replica
from crm.scaling.replicas.replica_choice import (
    THE_SAME_THERE,
    choose_replica_for_export,
    close_replica_connection,
)
from crm.scaling.replicas.replica_monitor import get_watch

Outcome = TypeVar("Outcome")

log = logging.getLogger(__name__)

PRIMARY = "primary"
# How often a replica is tried.
TIMES = 2
# Seconds that an export waits until the replica has its receipt: while a user waits, and in a job.
AT_ONCE, IN_JOB = 1.0, 60.0
# Between two looks.
PAUSE = 0.05


def run_on_replica_first(
    pk: int, work: Callable[[], Outcome], *, go_on: Callable[[], object], in_job: bool = False
) -> tuple[Outcome, str]:
    """What `work` returns, and where it has read: the alias of the replica, or PRIMARY; '' without replicas. What was
    committed before is always in it. `go_on` raises if the file isn't wanted any more. Raises what `work` raises on the
    primary, and if it takes too long."""
    if not settings.REPLICAS:
        return work(), ""
    position, primary = log_positions.get_position_and_server()
    # A worker may ask for the first time.
    get_watch().wait_for_first_look()
    for _time in range(TIMES):
        place = choose_replica_for_export(position, primary, reader=f"export {pk}")
        if place is None:
            break
        try:
            with read_from_replica(place, patiently=True) as left:
                _wait_until_replayed(place, IN_JOB if in_job else AT_ONCE, go_on)
                outcome = work()
        except ReplicaBehind:
            break
        except (Error, *OPERATIONAL) as error:
            if get_sqlstate(error) in THE_SAME_THERE:
                raise
            close_replica_connection(place)
            log.warning("Export %s was canceled on %s: %s", pk, place.alias, str(error).strip())
        else:
            move_commit_hooks_to_primary(left)
            return outcome, place.alias
    return work(), PRIMARY


def _wait_until_replayed(place: ReplicaPlace, patience: float, go_on: Callable[[], object]) -> None:
    """Before the snapshot is taken. Raises Behind."""
    until = time.monotonic() + patience
    while True:
        go_on()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {log_positions.HAS_REPLAYED_SQL}", place.position_parameters)
            if cursor.fetchone()[0]:
                return
        if time.monotonic() > until:
            raise ReplicaBehind
        time.sleep(PAUSE)
