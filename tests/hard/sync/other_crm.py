"""Another CRM: a server with people, whose changes are numbered and whose writes are refused if the version is an older one."""

import json
import threading
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

# How many people a page of changes has.
PAGE = 500


@dataclass
class Person:
    id: int
    key: str | None
    values: dict[str, str]
    version: int = 1
    change: int = 0
    deleted: bool = False
    # Every value that a field has had, for the tests.
    past: list[dict[str, str]] = field(default_factory=list, repr=False)

    def to_json(self) -> dict[str, Any]:
        found = asdict(self)
        del found["past"], found["change"]
        return found


class OtherCrm(ThreadingHTTPServer):
    """`GET /people?after=N` are the changes after number N, each person once. `POST /people` adds one; with a `key` that exists, it
    returns the existing one. `PATCH /people/ID` changes values of a version, `DELETE /people/ID` deletes one."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.people: dict[int, Person] = {}
        self.by_key: dict[str, Person] = {}
        self.changes = 0
        self.lock = threading.RLock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def present(self) -> list[Person]:
        return [person for person in self.people.values() if not person.deleted]

    def add(self, values: dict[str, str], key: str | None = None) -> Person:
        with self.lock:
            if key and key in self.by_key:
                return self.by_key[key]
            person = Person(len(self.people) + 1, key, dict(values))
            self.people[person.id] = person
            if key:
                self.by_key[key] = person
            return self._number(person)

    def edit(self, pk: int, **values: str) -> Person:
        with self.lock:
            person = self.people[pk]
            person.past.append(dict(person.values))
            person.values |= values
            person.version += 1
            return self._number(person)

    def delete(self, pk: int) -> Person:
        with self.lock:
            person = self.people[pk]
            person.deleted, person.version = True, person.version + 1
            return self._number(person)

    def get_changes(self, after: int) -> dict[str, Any]:
        with self.lock:
            changed = sorted((p for p in self.people.values() if p.change > after), key=lambda p: p.change)
            page = changed[:PAGE]
            return {"people": [p.to_json() for p in page], "next": page[-1].change if page else after}

    def _number(self, person: Person) -> Person:
        self.changes += 1
        person.change = self.changes
        return person


class _Answer(BaseHTTPRequestHandler):
    server: OtherCrm
    protocol_version = "HTTP/1.1"
    # Head and body go out together. In two packets, the second one would wait for the acknowledgment of the first, 40 ms each time.
    wbufsize = -1

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/people":
            self._send(200, self.server.get_changes(int(parse_qs(url.query)["after"][0])))
        else:
            self._send(200, self._person.to_json())

    def do_POST(self) -> None:
        sent = self._body
        self._send(201, self.server.add(sent["values"], sent.get("key")).to_json())

    def do_PATCH(self) -> None:
        sent = self._body
        with self.server.lock:
            if self._person.version != sent["version"] or self._person.deleted:
                self._send(409, self._person.to_json())
                return
            self._send(200, self.server.edit(self._person.id, **sent["values"]).to_json())

    def do_DELETE(self) -> None:
        with self.server.lock:
            person = self._person
            self._send(200, (person if person.deleted else self.server.delete(person.id)).to_json())

    @property
    def _person(self) -> Person:
        return self.server.people[int(urlsplit(self.path).path.rpartition("/")[2])]

    @property
    def _body(self) -> dict[str, Any]:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _send(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *told) -> None:
        pass
