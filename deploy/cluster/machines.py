"""All machines of a cluster on one: each has an address of the loopback network, its folder, and the services of its units."""

import contextlib
import fcntl
import http.client
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from crm.platform.configuration.environment import ROOT, SettingError
from crm.platform.database.embedded_postgres import EmbeddedServer, _change_folder_owner, _may_enter
from crm.platform.server import child_processes
from deploy.cluster.fill import APPLICATIONS, BALANCER, DATABASES, UNITS, fill, kind_of, read_values
from deploy.cluster.first_values import first_values
from deploy.cluster.services import Service

MACHINES = (*DATABASES, *APPLICATIONS, BALANCER)
# What doesn't need a primary starts first. Services stop in stages, so that each still has what it depends on.
FIRST = ("etcd", "patroni", "haproxy", "pgbouncer", "balancer")
STAGES = (("balancer",), ("web", "worker"), ("pgbouncer", "haproxy"), ("patroni",), ("etcd",))
# Seconds. etcd would look for another leader while all of its members stop; what it has confirmed is on disk.
GRACE, ETCD_GRACE = 60, 2
LOOK_EVERY = 0.2
PROGRAMS = {"ETCD": "etcd", "HAPROXY": "haproxy", "PGBOUNCER": "pgbouncer"}


class Cluster:
    """`folder` keeps everything; `port` is that of the balancer. `leadwell` are settings of all web nodes and workers."""

    first, stages = FIRST, STAGES

    def __init__(self, folder: Path, port: int, **leadwell: str) -> None:
        self.folder, self.port, self.leadwell = folder.absolute(), port, leadwell
        # Knows the user, the programs and a folder that this user can enter; its own PostgreSQL is never started.
        self.embedded = EmbeddedServer(self.folder / "database")
        self.services: dict[str, Service] = {}
        self.stopping, self.stopped = threading.Event(), threading.Event()
        self.changing = threading.RLock()

    @property
    def user(self) -> str | None:
        return self.embedded.user

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def values(self) -> dict[str, str]:
        return read_values(self.folder / "values.env")

    def data_of(self, name: str) -> Path:
        """The folder $DATA of a machine."""
        return (self.embedded.folder if kind_of(name) == "db" else self.folder) / name

    def configuration_of(self, name: str) -> Path:
        return self.embedded.folder / name / "configuration"

    @property
    def archive(self) -> Path:
        return self.embedded.folder / "archive"

    # Starting and stopping

    def prepare(self) -> None:
        """Write the configuration of all machines; passwords and addresses are made the first time. Raises SettingError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.embedded._prepare_folders()
        for folder in [
            folder for name in MACHINES for folder in (self.data_of(name), self.configuration_of(name))
        ]:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.archive.mkdir(mode=0o700, exist_ok=True)
        (self.folder / "files").mkdir(exist_ok=True)
        values = self._values()
        for name in MACHINES:
            self._configure(name, values)
        if self.user:
            _change_folder_owner(self.embedded.folder, self.user)
        units = [f"{name} {unit}" for name in MACHINES for unit in UNITS[kind_of(name)]]
        self.services = {unit: self._service(unit) for unit in units}

    def _values(self) -> dict[str, str]:
        file = self.folder / "values.env"
        values = read_values(file) if file.exists() else first_values()
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
        return values | {
            "URL": self.url,
            "LISTEN": f"127.0.0.1:{self.port}",
            "SECURE": "",
            "NETWORK": "127.0.0.0/8",
            "ARCHIVE": str(self.archive),
            "FILES": str(self.folder / "files"),
            "APP": str(ROOT),
            "PYTHON": sys.executable,
            "PROGRAMS": str(self.embedded.programs),
            "PATRONI": self._patroni(),
            "SHARED_BUFFERS": "32MB",
            "CACHE_SIZE": "512MB",
            "MODE": "demo",
            **{name: program(words) for name, words in PROGRAMS.items()},
        }

    def etcd_of(self, name: str, values: dict[str, str]) -> dict[str, str]:
        """How the Patroni of a machine reaches etcd."""
        return {"ETCD_HOSTS": ",".join(f"{values[db.upper()]}:2379" for db in DATABASES), "PROXIES": "false"}

    def _configure(self, name: str, values: dict[str, str]) -> None:
        place = self.configuration_of(name)
        own = {
            "DATA": str(self.data_of(name)),
            "CONFIGURATION": str(place),
            "LOCAL": values.get(name.upper(), ""),
        }
        fill({**values, **own, **self.etcd_of(name, values)}, name, place)
        if kind_of(name) == "app":
            own_settings = "".join(f"{key}='{value}'\n" for key, value in self.leadwell.items())
            (place / "own.env").write_text(own_settings)

    def _service(self, name: str) -> Service:
        return Service(name, self.configuration_of(name.split()[0]), self.user)

    def _patroni(self) -> str:
        """The command that starts Patroni, by a copy if PostgreSQL's user can't enter the folder in which it is installed."""
        installed = ROOT / ".venv-cluster"
        if not (installed / "bin" / "patroni").exists():
            raise SettingError("Patroni isn't installed. `make cluster` installs it.")
        if not self.user or _may_enter(installed):
            return f"{installed}/bin/python -m patroni"
        copy = self.embedded.folder / "patroni"
        shutil.rmtree(copy, ignore_errors=True)
        (packages,) = installed.glob("lib/python3*/site-packages")
        shutil.copytree(packages, copy)
        return f"/usr/bin/env PYTHONPATH={copy} {(installed / 'bin' / 'python').resolve()} -m patroni"

    @contextlib.contextmanager
    def running(self, say: Callable[[str], None]) -> Iterator[None]:
        """Start everything; in the end, stop it. Raises SettingError if it doesn't start."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SettingError(f"A cluster in {self.folder} is already running.") from None
            child_processes.end_left_overs(self.folder / "cluster.pids")
            self._end_databases()
            self.prepare()
            watching = threading.Thread(target=self._watch, daemon=True)
            try:
                self._start(say, watching)
                yield
            finally:
                self.stopping.set()
                say("Stopping …")
                with self.changing:
                    self.stop()
                self.stopped.set()

    def _start(self, say: Callable[[str], None], watching: threading.Thread) -> None:
        for unit in self.first:
            self._start_all(unit)
        watching.start()
        say("Starting PostgreSQL on three machines …")
        self.wait(self.is_complete, 180, "PostgreSQL and its replicas")
        say("Starting two web nodes and two workers. The first start takes two minutes …")
        self._start_all("web")
        self._start_all("worker")
        self.wait(self.serves, 400, "Leadwell")

    def _start_all(self, unit: str) -> None:
        with self.changing:
            for service in self.of(unit):
                service.start()
            self._remember()

    def _watch(self) -> None:
        """The kernel ends what a thread has started with that thread, so it stays until the end."""
        while not self.stopping.wait(LOOK_EVERY):
            with self.changing:
                # Those that weren't started yet are not restarted.
                if self.stopping.is_set():
                    break
                started = [service.watch() for service in self.services.values() if service.pid]
                if any(started):
                    self._remember()
        self.stopped.wait()

    def _remember(self) -> None:
        children = [service.child for service in self.services.values()]
        child_processes.write_process_ids(self.folder / "cluster.pids", children)

    def stop(self) -> None:
        for stage in self.stages:
            services = [service for unit in stage for service in self.of(unit)]
            for service in services:
                service.ask_to_stop()
            for service in services:
                service.wait_until_stopped(ETCD_GRACE if service.unit == "etcd" else GRACE)
        self._end_databases()
        (self.folder / "cluster.pids").unlink(missing_ok=True)

    def _end_databases(self) -> None:
        """PostgreSQL outlives a Patroni that was killed."""
        for name in DATABASES:
            child_processes.kill_processes_in_folder(self.data_of(name) / "postgres", "postgres")

    # Looking

    def of(self, unit: str) -> list[Service]:
        return [service for service in self.services.values() if service.unit == unit]

    def wait(self, happened: Callable[[], bool], seconds: float, what: str) -> None:
        deadline = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > deadline:
                raise SettingError(
                    f"{what} didn't start within {seconds:.0f} seconds. The logs are in {self.folder}."
                )
            time.sleep(0.3)

    def members(self) -> dict[str, dict]:
        """{"db1": {"role": "leader", "state": "running", …}, …}, as one of the Patronis that answer says."""
        for name in DATABASES:
            try:
                _status, body = ask(self.values[name.upper()], 8008, "/cluster")
                return {member["name"]: member for member in json.loads(body)["members"]}
            except (OSError, ValueError, KeyError, http.client.HTTPException):
                continue
        return {}

    def primary(self) -> str:
        """The name of the machine with the primary, "" while there is none."""
        for name in DATABASES:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if ask(self.values[name.upper()], 8008, "/primary")[0] == 200:
                    return name
        return ""

    def is_complete(self) -> bool:
        """Whether there are a primary and two replicas that follow it, one of them synchronous."""
        roles = sorted(
            member["role"]
            for member in self.members().values()
            if member["state"] in ("running", "streaming")
        )
        return roles == ["leader", "replica", "sync_standby"]

    def serves(self) -> bool:
        """Whether both web nodes are ready."""
        try:
            return all(ask(self.values[name.upper()], 8000, "/readyz")[0] == 200 for name in APPLICATIONS)
        except (OSError, http.client.HTTPException):
            return False


def ask(host: str, port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if not found:
        raise SettingError(
            f"{name} isn't installed. On Debian: apt-get install etcd-server haproxy pgbouncer"
        )
    return found
