"""Leadwell, another CRM, the network between them, and people who work in both while a program keeps them the same."""

import json
import os
import signal
import subprocess
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

from tests.hard.sync.bad_network import BadNetwork
from tests.hard.sync.other_crm import OtherCrm

Values = dict[str, str]


@dataclass
class Hands:
    """Someone who works in Leadwell: calls of API v2 that don't go over the bad network."""

    url: str
    token: str
    many: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"{self.url}/api/v2/{path}", data, headers, method=method)) as answer:
            return json.load(answer)

    def add(self, values: Values) -> int:
        return self.call("POST", self.many, values)["id"]

    def edit(self, pk: int, **values: str) -> None:
        self.call("PATCH", f"{self.many}/{pk}", values)

    def delete(self, pk: int) -> None:
        self.call("DELETE", f"{self.many}/{pk}")

    def restore(self, pk: int) -> None:
        self.call("POST", f"{self.many}/bulk", {"action": "restore", "ids": [pk]})

    def merge(self, kept: int, other: int) -> None:
        self.call("POST", f"{self.many}/{kept}/merge", {"others": [other]})

    def find(self, email: str) -> int | None:
        """The ID of the only record with this email."""
        rows = self.call("GET", f"{self.many}?email.is={quote(email)}")[self.many]
        return rows[0]["id"] if rows else None

    def get_all(self, names: tuple[str, ...]) -> dict[int, Values]:
        found, after = {}, ""
        while True:
            page = self.call("GET", f"{self.many}?limit=200{after}")
            found |= {row["id"]: {name: row[name] for name in names} for row in page[self.many]}
            if page["next"] is None:
                return found
            after = f"&after={page['next']}"


@dataclass
class Sync:
    """A program that is started again whenever it was killed. `command` gets its settings from the environment."""

    command: list[str]
    environment: dict[str, str]
    network: BadNetwork
    starts: int = 0
    running: subprocess.Popen | None = field(default=None, repr=False)

    def kill(self) -> None:
        if self.running:
            self.running.send_signal(signal.SIGKILL)
            self.running.wait()

    def run(self) -> None:
        """Until it ends by itself."""
        self.network.kill = self.kill
        while True:
            self.starts += 1
            before = self.network.kills
            self.running = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            said, _nothing = self.running.communicate(timeout=3600)
            if self.running.returncode == 0:
                return
            assert self.running.returncode == -signal.SIGKILL, said
            assert self.network.kills > before, said

    def run_through(self) -> None:
        """Until there is nothing left of what goes wrong, and both sides have nothing new."""
        self.run()
        while self.network.events:
            # There were fewer calls than that: people go on working, and the program runs again.
            for number in sorted(self.network.events):
                self.network.events.pop(number)()
            self.network.faults = {}
            self.run()


def find_differences(leadwell: dict[int, Values], other: OtherCrm) -> list[str]:
    """What one side has and the other hasn't. Each record is recognized by its email, which no one edits."""
    ours, theirs = list(leadwell.values()), [person.values for person in other.present]
    by_email = {values["email"]: values for values in theirs}
    found = [
        f"Leadwell: {values}; the other CRM: {by_email.get(values['email'])}"
        for values in ours
        if by_email.get(values["email"]) != values
    ]
    only = sorted(set(by_email) - {values["email"] for values in ours})
    counts = [len(ours), len({values["email"] for values in ours}), len(theirs), len(by_email)]
    return [
        *found,
        *(f"Only in the other CRM: {email}" for email in only),
        *([f"Records and different ones: {counts}"] if len(set(counts)) > 1 else []),
    ]
