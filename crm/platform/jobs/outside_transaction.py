"""Statements of a job that can't be part of its transaction, such as making an index while people work."""

import threading
from collections.abc import Callable

from django.db import connections

# How often, in seconds, the job reports its progress meanwhile.
PAUSE = 0.3


def run_outside_transaction(statement: str, watch: Callable[[int], None]) -> None:
    """Run a statement on a connection of its own. `watch` is called meanwhile with the process id of that connection; if it
    raises, such as for a canceled job, the statement is canceled too."""
    running = _StatementThread(statement)
    running.start()
    try:
        while running.is_alive():
            running.join(PAUSE)
            if running.pid:
                watch(running.pid)
    except BaseException:
        running.cancel()
        running.join()
        raise
    if running.error:
        raise running.error


class _StatementThread(threading.Thread):
    def __init__(self, statement: str) -> None:
        super().__init__(name="a statement of a job", daemon=True)
        self.statement, self.pid = statement, 0
        self.error: BaseException | None = None
        self.driver: object = None

    def run(self) -> None:
        """Django's connections belong to threads, so this is a new one."""
        try:
            with connections["progress"].cursor() as cursor:
                self.driver = connections["progress"].connection
                cursor.execute("SET statement_timeout = 0")
                cursor.execute("SELECT pg_backend_pid()")
                self.pid = cursor.fetchone()[0]
                cursor.execute(self.statement)
        except BaseException as error:
            self.error = error
        finally:
            connections.close_all()

    def cancel(self) -> None:
        if self.driver and self.is_alive():
            self.driver.cancel_safe(timeout=5)  # type: ignore[attr-defined]
