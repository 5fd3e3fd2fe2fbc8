"""`manage.py run`: the parent process, which prepares everything and starts, monitors, and stops web server and worker."""

import errno
import fcntl
import http.client
import os
import signal
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections

from crm.platform.configuration.environment import ROOT, Environment, Say, SettingError
from crm.platform.configuration.unknown_settings import get_unknown_settings
from crm.platform.database.connection_settings import get_embedded_server
from crm.platform.database.embedded_postgres import EmbeddedServer
from crm.platform.files.store_location import check_store
from crm.platform.monitoring.metrics_process import build_metrics_children
from crm.platform.server import child_processes
from crm.platform.server.child_processes import ChildProcess
from crm.platform.server.draining import NAME, DrainSignal
from crm.platform.server.start_preparation import prepare_database, prepare_people, prepare_texts
from crm.platform.server.static_files import prepare_pages
from crm.platform.server.stop_signals import Signals, stop_signals
from crm.platform.server.system_status import get_newest_worker

WEB, WORKER, DATABASE = "The web server", "The worker", "The database"
# Seconds: for running requests and the step of a running job to end; until it must be ready; between two checks.
WEB_GRACE, WORKER_GRACE = 5, 10
HEALTHY_WITHIN = 60
# A web node that a service manager stops: until the load balancer has noticed, and then for running requests to end.
DRAIN, NODE_GRACE = 10, 120
LOOK_EVERY = 0.2
# A child that exits is restarted after this many seconds, longer each time within ten minutes; then the run ends.
BACK_OFF = [0.1, 1.0, 2.0, 5.0, 10.0]
FORGET_AFTER = 600
TRY_LATER = 3


class PartStopped(Exception):
    """A part kept exiting; the text says which."""


def run(only: str, say: Say, welcome: Callable[[Environment], None]) -> None:
    """Run until Ctrl-C or SIGTERM. `only` is "", "web" or "worker"; `welcome` is called when everything is up.

    Raises SettingError if it can't start, Stopped if a part doesn't stay up.
    """
    environment = settings.ENVIRONMENT
    if only and not environment.database_url:
        raise SettingError("--only requires DATABASE_URL: the embedded database works only with a full run.")
    with stop_signals() as signals, ExitStack() as stack:
        others = stack.enter_context(_lock_folder(environment, only))
        if others:
            say(f"Leadwell is already running at {others}")
            return
        for sentence in get_unknown_settings(os.environ):
            say(sentence)
        child_processes.end_left_overs(_get_pids_path(environment, only))
        listener = None if only == "worker" else stack.enter_context(_check_port_is_free(environment))
        server = get_embedded_server(environment)
        if server:
            say("Starting the database …")
            with signals.defer_stop():
                stack.enter_context(server.keep_running(stop=True))
        prepare_database(say, checks_people=only != "worker")
        check_store(say)
        prepare_texts(say)
        if only != "worker":
            prepare_pages(say)
            prepare_people(say)
        connections.close_all()
        say(
            "Starting "
            + {"web": "the web server", "worker": "the worker"}.get(only, "web server and worker")
            + " …"
        )
        minding = RunMonitor(environment, only, say, server, listener)
        minding.children += build_metrics_children(environment, only, stack)
        stack.callback(minding.stop)
        try:
            minding.supervise(welcome)
        except KeyboardInterrupt:
            if only == "web" and signals.told == [signal.SIGTERM]:
                say(f"/readyz says that this node stops. It still serves for {DRAIN} seconds …")
                minding.drain(signals)
            say("Stopping …")
            raise


class RunMonitor:
    """The children and the database of one run, checked several times a second."""

    def __init__(
        self,
        environment: Environment,
        only: str,
        say: Say,
        server: EmbeddedServer | None,
        listener: socket.socket | None,
    ) -> None:
        self.environment, self.only, self.say, self.server = environment, only, say, server
        self.children: list[ChildProcess] = []
        self.draining = DrainSignal()
        # Only a service manager's signal gives requests the long grace; Ctrl-C doesn't.
        self.web_grace = WEB_GRACE
        if listener:
            passed = (listener.fileno(), self.draining.seen_by_web)
            grace = NODE_GRACE if only == "web" else WEB_GRACE
            self.children.append(
                ChildProcess(WEB, build_web_command(environment, *passed, grace=grace), passed)
            )
        if only != "web":
            alone = ["--alone"] if server else []
            self.children.append(
                ChildProcess(WORKER, [sys.executable, str(ROOT / "manage.py"), "work", *alone])
            )
        self.worker_before = 0 if only == "web" else get_newest_worker()
        self.ends: dict[str, list[float]] = defaultdict(list)
        self.start_at: dict[str, float] = defaultdict(float)

    def supervise(self, welcome: Callable[[Environment], None]) -> None:
        begun, well = time.monotonic(), False
        while True:
            now = time.monotonic()
            self._supervise_database(now)
            for child in self.children:
                self._supervise_child(child, now)
            if not well:
                well = self._is_everything_up()
                if well:
                    welcome(self.environment)
                elif now - begun > HEALTHY_WITHIN:
                    raise PartStopped(f"It wasn't ready within {HEALTHY_WITHIN} seconds.")
            time.sleep(LOOK_EVERY)

    def drain(self, signals: Signals) -> None:
        """Serve for a while, with 503 on /readyz, so that the load balancer stops sending requests. A second signal ends it."""
        self.draining.begin()
        self.web_grace = NODE_GRACE
        until = time.monotonic() + DRAIN
        while time.monotonic() < until and len(signals.told) == 1 and self.children[0].running:
            time.sleep(LOOK_EVERY)

    def stop(self) -> None:
        """Stop the web server, then the worker; the database stops when its last user is gone."""
        for child, grace in zip(self.children, self._get_graces(), strict=True):
            child.stop(grace)
        _get_pids_path(self.environment, self.only).unlink(missing_ok=True)

    def _get_graces(self) -> list[int]:
        return [self.web_grace + 2 if child.name == WEB else WORKER_GRACE for child in self.children]

    def _supervise_database(self, now: float) -> None:
        if not self.server or now < self.start_at[DATABASE] or self.server.alive:
            return
        self.start_at[DATABASE] = now + self._pause_after_end_of(DATABASE, now)
        try:
            self.server.start()
        except SettingError as error:
            self.say(str(error))

    def _supervise_child(self, child: ChildProcess, now: float) -> None:
        if child.running or now < self.start_at[child.name]:
            return
        if child.process is not None and not self.start_at[child.name]:
            child_processes.end_session(child.pid, grace=2)
            waits = child.waits_for_something
            self.start_at[child.name] = now + (
                TRY_LATER if waits else self._pause_after_end_of(child.name, now)
            )
            return
        self.start_at[child.name] = 0.0
        child.start()
        child_processes.write_process_ids(_get_pids_path(self.environment, self.only), self.children)

    def _pause_after_end_of(self, name: str, now: float) -> float:
        ends = self.ends[name] = [end for end in self.ends[name] if now - end < FORGET_AFTER] + [now]
        if len(ends) > len(BACK_OFF):
            raise PartStopped(f"{name} stopped {len(ends)} times; see its messages above.")
        self.say(f"{name} stopped unexpectedly. Restarting …")
        return BACK_OFF[len(ends) - 1]

    def _is_everything_up(self) -> bool:
        """Whether all that was started is up. What is on other machines, such as replicas and a bucket, may be away."""
        if self.only != "worker" and not is_ready(self.environment):
            return False
        return self.only == "web" or get_newest_worker() > self.worker_before


def build_web_command(environment: Environment, listener: int, pipe: int, *, grace: int) -> list[str]:
    """gunicorn on the socket that the parent keeps open: during a restart, callers wait instead of failing. `pipe` is that of
    crm/platform/server/draining.py, and `grace` the seconds for running requests to end."""
    options = {
        "bind": f"fd://{listener}",
        "workers": environment.web_processes,
        "threads": environment.web_threads,
        "worker-class": "crm.platform.server.web_worker.WebWorker",
        "env": f"{NAME}={pipe}",
        "graceful-timeout": grace,
        "timeout": 60,
        "keep-alive": 15,
        "log-level": "warning",
    }
    if environment.log == "json":
        options["logger-class"] = "crm.platform.monitoring.gunicorn_logger.WebLines"
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return [sys.executable, "-m", "gunicorn", "--preload", "--no-control-socket", *words, "crm.wsgi"]


def is_ready(environment: Environment) -> bool:
    """Whether the web server answers that it can serve pages."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(environment.host, environment.host)  # noqa: S104
    connection = http.client.HTTPConnection(here, environment.port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": "localhost"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _get_pids_path(environment: Environment, only: str) -> Path:
    return environment.data / f"run{only and '-'}{only}.pids"


@contextmanager
def _lock_folder(environment: Environment, only: str) -> Iterator[str]:
    """Lock this folder. Yields "" or, if another run has the lock, the URL of that run."""
    path = environment.data / f"run{only and '-'}{only}.lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+")
    except OSError as error:
        raise SettingError(
            f"LEADWELL_DATA is invalid: {path.parent} can't be written ({error.strerror})."
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            yield file.read() or environment.url
            return
        file.truncate(0)
        file.write(environment.url)
        file.flush()
        yield ""


@contextmanager
def _check_port_is_free(environment: Environment) -> Iterator[socket.socket]:
    host, port = environment.host, environment.port
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise SettingError(f"HOST is invalid: {host} isn't an address of this machine.") from None
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(2048)
        except OSError as error:
            raise SettingError(_describe_listen_error(error, host, port)) from None
        yield listener


def _describe_listen_error(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is in use by another program. Choose another: `make run PORT={port + 1}`."
        )
    if error.errno == errno.EACCES:
        return f"PORT is invalid: only root may listen on {port}. Choose 1024 or higher."
    return f"HOST is invalid: {host} isn't an address of this machine."
