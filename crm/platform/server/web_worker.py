"""How the web server takes connections: one on which nothing has arrived yet keeps no thread waiting."""

from typing import Any

from gunicorn.workers import gthread


class WebWorker(gthread.ThreadWorker):
    """Browsers open connections that they may need soon, and send nothing on them at first. gunicorn keeps a thread waiting for each,
    up to five seconds: four such connections to a process, and the page that someone has asked for comes five seconds later.
    """

    def handle(self, conn: Any) -> Any:
        """Give a silent connection back to the loop that watches all of them; it returns here when something arrives. While the
        worker stops, no new one is watched, so it is waited for."""
        heard = conn.initialized or conn.data_ready or conn.wait_for_data(0)
        return super().handle(conn) if heard or not self.alive else gthread._DEFER
