"""The page /metrics, in a separate process and on a separate port: gunicorn runs it beside the web server (crm/platform/monitoring/metrics_process.py).

It adds up what the web processes and the worker have written, and looks up the rest. It loads the settings without the apps,
so it takes little memory, and it answers while all web threads are busy.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psutil
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from crm.platform.monitoring.metrics_process import VARIABLE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

PATH = "/metrics"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI application; every other path is 404."""
    if environ.get("PATH_INFO") != PATH:
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"The metrics are at /metrics.\n"]
    return make_wsgi_app(build_registry())(environ, start_response)


def build_registry() -> CollectorRegistry:
    # These read the settings, whose name is set above.
    from crm.platform.database.connection_settings import connect_directly
    from crm.platform.monitoring.collectors import DatabaseCollector

    connect_directly()
    remove_ended_process_files()
    made = CollectorRegistry()
    MultiProcessCollector(made)
    made.register(DatabaseCollector())
    return made


def remove_ended_process_files() -> None:
    """Counts of processes that have ended are kept, but they have no requests in progress."""
    for path in Path(os.environ[VARIABLE]).glob("gauge_live*_*.db"):
        pid = int(path.stem.rpartition("_")[2])
        if not psutil.pid_exists(pid):
            mark_process_dead(pid)
