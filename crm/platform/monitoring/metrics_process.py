"""The process that serves /metrics, for the parent process (crm/platform/server/process_supervisor.py): it binds the port, so a wrong one stops the start."""

import os
import shutil
import socket
import sys
from contextlib import ExitStack

from crm.platform.configuration.environment import Environment, SettingError
from crm.platform.server.child_processes import ChildProcess

NAME = "The metrics page"
# The folder in LEADWELL_DATA into which the processes write, read by the library when it is imported.
FOLDER, VARIABLE = "metrics", "PROMETHEUS_MULTIPROC_DIR"


def build_metrics_children(environment: Environment, only: str, stack: ExitStack) -> list[ChildProcess]:
    """The child process, or none if metrics are off. All children inherit the folder."""
    if not environment.metrics:
        return []
    listener = stack.enter_context(_open_listening_socket(environment.metrics))
    folder = environment.data / f"{FOLDER}{only and '-'}{only}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    os.environ[VARIABLE] = str(folder)
    options = ["--bind", f"fd://{listener.fileno()}", "--workers", "1", "--threads", "2"]
    options += ["--worker-class", "crm.platform.server.web_worker.WebWorker"]
    words = ["--no-control-socket", "--log-level", "warning"]
    if environment.log == "json":
        words += ["--logger-class", "crm.platform.monitoring.gunicorn_logger.WebLines"]
    command = [sys.executable, "-m", "gunicorn", *options, *words, "crm.platform.monitoring.metrics_endpoint"]
    return [ChildProcess(NAME, command, (listener.fileno(),))]


def _open_listening_socket(address: str) -> socket.socket:
    host, _colon, port = address.rpartition(":")
    try:
        return socket.create_server(
            (host.strip("[]"), int(port)),
            family=socket.AF_INET6 if host.startswith("[") else socket.AF_INET,
            backlog=16,
        )
    except OSError as error:
        raise SettingError(f"LEADWELL_METRICS is invalid: {address}: {error.strerror or error}.") from None
