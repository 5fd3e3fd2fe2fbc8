"""Two transactions at the same moment: the second one begins before the first one has ended."""

import threading
import time

from django.db import connection, transaction

WAITS = (
    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
)


def wait_for(thread) -> None:
    """Until the thread waits for a lock of this transaction, or has ended without. Tests of other databases also wait for locks."""
    deadline = time.monotonic() + 10
    with connection.cursor() as cursor:
        while thread.is_alive() and time.monotonic() < deadline:
            cursor.execute(WAITS)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)


def crossed(first, second):
    """What `second` returns or raises when it begins before the transaction of `first` has ended."""
    results = []

    def run():
        try:
            results.append(second())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        wait_for(thread)
    thread.join()
    return results[0]
