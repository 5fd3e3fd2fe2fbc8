"""Where the rows of an export come from: a replica for long reads, once more if it cancels the export, otherwise the primary.

A replica without feedback to the primary cancels a query that reads what it has to remove. The file is then begun again, which
is possible because no one gets a part of it.
"""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.db import Error, connection

from crm.replicas import positions
from crm.replicas.place import Behind, Place, reading_from, run_on_primary
from crm.replicas.reading import THE_SAME_THERE, chosen, close
from crm.replicas.watch import watching
from crm.web.transactions import OPERATIONAL, sqlstate

Outcome = TypeVar("Outcome")

log = logging.getLogger(__name__)

PRIMARY = "primary"
# How often a replica is tried, and how many seconds an export waits until the replica has its receipt.
TIMES, PATIENCE = 2, 1.0


def from_replica_first(pk: int, work: Callable[[], Outcome]) -> tuple[Outcome, str]:
    """What `work` returns, and where it has read: the alias of the replica, or PRIMARY; '' without replicas. What was
    committed before is always in it. Raises what `work` raises on the primary, and if it takes too long."""
    if not settings.REPLICAS:
        return work(), ""
    position, primary = positions.now_on()
    # A worker may ask for the first time.
    watching().looked_at()
    for _time in range(TIMES):
        place = chosen(position, primary, reader=f"export {pk}", long=True)
        if place is None:
            break
        try:
            with reading_from(place, patiently=True) as left:
                _wait(place)
                outcome = work()
        except Behind:
            break
        except (Error, *OPERATIONAL) as error:
            if sqlstate(error) in THE_SAME_THERE:
                raise
            close(place)
            log.warning("Export %s was canceled on %s: %s", pk, place.alias, str(error).strip())
        else:
            run_on_primary(left)
            return outcome, place.alias
    return work(), PRIMARY


def _wait(place: Place) -> None:
    """Before the snapshot is taken. Raises Behind."""
    until = time.monotonic() + PATIENCE
    while True:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {positions.HAS}", place.wanted)
            if cursor.fetchone()[0]:
                return
        if time.monotonic() > until:
            raise Behind
        time.sleep(0.02)
