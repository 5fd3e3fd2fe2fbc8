"""A cluster whose parts can be lost: killed without a warning, or cut off from etcd."""

import base64
import contextlib
import json
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from crm.api.token_scopes import get_all_rights
from crm.models import Token
from deploy.cluster.fill import DATABASES, kind_of
from deploy.cluster.machines import FIRST, STAGES, Cluster, ask
from deploy.cluster.services import Service

# Each Patroni reaches etcd through its own proxy. Stopping the proxy is what a broken network looks like: connections are
# accepted or stay open, and nothing answers.
PROXY = """
global
    nbthread 1
defaults
    mode tcp
    timeout connect 2s
    timeout client 10m
    timeout server 10m
listen etcd
    bind {address}:2389
    default-server check inter 1s fastinter 200ms fall 1 on-marked-down shutdown-sessions
    option httpchk GET /health
{servers}
"""
UNIT = "[Service]\nExecStart={haproxy} -db -f {file}\n"


# As docs/scaling/cluster.md says: each unit of a machine has its own port.
METRICS = {"web": 9464, "worker": 9465}


class BreakableCluster(Cluster):
    first, stages = ("etcd", "etcdproxy", *FIRST[1:]), (*STAGES[:-1], ("etcdproxy",), *STAGES[-1:])

    def etcd_of(self, name: str, values: dict[str, str]) -> dict[str, str]:
        return {"ETCD_HOSTS": f"{values.get(name.upper())}:2389", "PROXIES": "true"}

    def _configure(self, name: str, values: dict[str, str]) -> None:
        super()._configure(name, values)
        if kind_of(name) == "app":
            for unit, port in METRICS.items():
                settings = f"LEADWELL_METRICS='{values[name.upper()]}:{port}'\n"
                (self.configuration_of(name) / f"{unit}.env").write_text(settings)

    def prepare(self) -> None:
        super().prepare()
        values = self._values()
        servers = "\n".join(f"    server {name} {values[name.upper()]}:2379" for name in DATABASES)
        for name in DATABASES:
            place = self.configuration_of(name)
            file = place / "etcdproxy.cfg"
            file.write_text(PROXY.format(address=values[name.upper()], servers=servers))
            unit = place / "systemd" / "leadwell-etcdproxy.service"
            unit.write_text(UNIT.format(haproxy=values["HAPROXY"], file=file))
            self.services[f"{name} etcdproxy"] = Service(f"{name} etcdproxy", place, self.user)

    # Losing parts

    def kill_postgres(self, name: str) -> None:
        pid_file = self.data_of(name) / "postgres" / "postmaster.pid"
        psutil.Process(int(pid_file.read_text().split("\n")[0])).kill()

    def kill(self, name: str) -> None:
        """The service with everything that it started."""
        parent = psutil.Process(self.services[name].pid)
        for process in [*parent.children(recursive=True), parent]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def kill_machine(self, name: str) -> None:
        """Nothing of it comes back until `start_machine`."""
        with self.changing:
            for unit in ("patroni", "etcd", "etcdproxy"):
                self.services[f"{name} {unit}"].restarts = False
        for unit in ("patroni", "etcd", "etcdproxy"):
            self.kill(f"{name} {unit}")
        with contextlib.suppress(OSError, psutil.Error):
            self.kill_postgres(name)

    def start_machine(self, name: str) -> None:
        with self.changing:
            for unit in ("etcd", "etcdproxy", "patroni"):
                self.services[f"{name} {unit}"].start()

    def cut_off(self, name: str) -> None:
        psutil.Process(self.services[f"{name} etcdproxy"].pid).send_signal(signal.SIGSTOP)

    @contextlib.contextmanager
    def sending_nothing(self, name: str) -> Iterator[None]:
        """Nothing of what this primary writes during the block reaches a replica. It can't shut down before the end of the block; with
        a network that is broken, it couldn't before `wal_sender_timeout`."""
        pid_file = self.data_of(name) / "postgres" / "postmaster.pid"
        server = psutil.Process(int(pid_file.read_text().split("\n")[0]))
        senders = [process for process in server.children() if "walsender" in " ".join(process.cmdline())]
        assert len(senders) == 2
        try:
            for sender in senders:
                sender.send_signal(signal.SIGSTOP)
            yield
        finally:
            for sender in senders:
                with contextlib.suppress(psutil.NoSuchProcess):
                    sender.send_signal(signal.SIGCONT)

    def connect_again(self, name: str) -> None:
        psutil.Process(self.services[f"{name} etcdproxy"].pid).send_signal(signal.SIGCONT)

    # Looking

    def replica(self, role: str) -> str:
        """The name of a machine with this role; it may take a moment until Patroni has given it to another one."""
        found: list[str] = []

        def looked() -> bool:
            found[:] = [name for name, member in self.members().items() if member["role"] == role]
            return bool(found)

        self.wait(looked, 60, f"A {role}")
        return found[0]

    def etcd_leader(self) -> str:
        for name in DATABASES:
            request = urllib.request.Request(
                f"http://{self.values[name.upper()]}:2379/v3/maintenance/status", b"{}"
            )
            with urllib.request.urlopen(request, timeout=5) as answer:
                said = json.load(answer)
            if said["leader"] == said["header"]["member_id"]:
                return name
        raise AssertionError("etcd has no leader")

    def set_failsafe(self, on: bool) -> None:
        values = self.values
        address = f"http://{values[self.primary().upper()]}:8008/config"
        secret = base64.b64encode(f"patroni:{values['PATRONI_PASSWORD']}".encode()).decode()
        headers = {"Authorization": f"Basic {secret}", "Content-Type": "application/json"}
        data = json.dumps({"failsafe_mode": on}).encode()
        request = urllib.request.Request(address, data, headers, method="PATCH")
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert json.load(answer)["failsafe_mode"] is on

        def is_known(name: str) -> bool:
            """Each Patroni reads it in its next turn, and says what it has read."""
            _status, body = ask(self.values[name.upper()], 8008, "/config")
            return json.loads(body).get("failsafe_mode") is on

        self.wait(lambda: all(map(is_known, DATABASES)), 60, "The setting")

    def wait_until_complete(self) -> None:
        self.wait(lambda: self.is_complete() and self.serves(), 180, "The whole cluster")

    @property
    def database(self) -> str:
        """The address of the primary, wherever it is."""
        values = self.values
        return f"postgres://leadwell:{values['LEADWELL_PASSWORD']}@{values['APP1']}:5000/leadwell?connect_timeout=5"

    def query(self, text: str, *parameters: object) -> list[tuple]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            cursor = connection.execute(text, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def make_token(self) -> str:
        """The secret of a token of the administrator, with all rights."""
        token = Token(name="Load", rights=get_all_rights())
        secret = token.set_new_secret()
        values = {
            "name": token.name,
            "rights": token.rights,
            "purpose": token.purpose,
            "prefix": token.prefix,
            "hash": token.hash,
            "addresses": [],
            "created_at": token.created_at,
        }
        columns = sql.SQL(", ").join(map(sql.Identifier, values))
        marks = sql.SQL(", ").join([sql.Placeholder()] * len(values))
        statement = sql.SQL(
            "INSERT INTO crm_token (user_id, {}) SELECT id, {} FROM accounts_user WHERE email = 'admin@demo.example'"
        )
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute(statement.format(columns, marks), [*values.values()])
        return secret


def logs_of(cluster: Cluster) -> list[Path]:
    return [service.log for service in cluster.services.values()]
