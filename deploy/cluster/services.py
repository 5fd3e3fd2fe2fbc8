"""One service of a machine, started by the command of its systemd unit, and restarted like systemd does."""

import os
import signal
import time
from pathlib import Path
from typing import Any

from crm.platform.server.child_processes import ChildProcess
from deploy.cluster.fill import read_values

# Services that PostgreSQL's user runs if root starts the cluster; Leadwell's own parts run as the one who starts them.
OF_DATABASE = {"etcd", "patroni", "pgbouncer"}
KEPT = ("PATH", "HOME", "TMPDIR", "LANG")


class Service:
    """`name` is such as "db1 patroni". Its messages are in the folder's `<unit>.log`."""

    def __init__(self, name: str, folder: Path, user: str | None) -> None:
        self.name, self.folder = name, folder
        self.machine, self.unit = name.split()
        self.user = user if self.unit in OF_DATABASE else None
        self.restarts = True
        self.ended_at: float | None = None
        self.child = self._child()

    def _child(self) -> ChildProcess:
        told = said_by(self.folder / "systemd" / f"leadwell-{self.unit}.service")
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment |= {"LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
        for file in told.get("EnvironmentFile", []):
            # A file with a hyphen may be missing.
            if not file.startswith("-") or Path(file[1:]).exists():
                environment |= read_values(Path(file.removeprefix("-")))
        options: dict[str, Any] = {
            "env": environment,
            "cwd": told.get("WorkingDirectory", ["/"])[-1],
            "user": self.user,
            "group": self.user,
            "extra_groups": [] if self.user else None,
        }
        return ChildProcess(self.name, told["ExecStart"][-1].split(), log=self.log, options=options)

    @property
    def log(self) -> Path:
        return self.folder / f"{self.unit}.log"

    @property
    def pid(self) -> int:
        return self.child.pid

    def start(self) -> None:
        self.restarts, self.ended_at = True, None
        self.child.start()

    def watch(self) -> bool:
        """Start it again a second after it has ended (RestartSec in its unit). Whether it was started."""
        if self.child.running or not self.restarts:
            return False
        if self.ended_at is None:
            self.ended_at = time.monotonic()
        elif time.monotonic() > self.ended_at + 1:
            self.start()
            return True
        return False

    def ask_to_stop(self) -> None:
        """A web node that gets SIGTERM would wait for its load balancer."""
        self.restarts = False
        if self.child.running and self.child.process:
            self.child.process.send_signal(
                signal.SIGINT if self.unit in ("web", "worker") else signal.SIGTERM
            )

    def wait_until_stopped(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.child.running and time.monotonic() < deadline:
            time.sleep(0.05)
        self.child.stop(0)


def said_by(unit: Path) -> dict[str, list[str]]:
    """{"EnvironmentFile": ["/etc/leadwell/leadwell.env", …], …}: a unit may say something several times."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith(("#", ";")):
            found.setdefault(name.strip(), []).append(value.strip())
    return found
