"""Real calendar servers on this machine: Radicale with a sign-in, and Xandikos, which has none."""

import contextlib
import http.client
import itertools
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dulwich import porcelain

from tests.ports import get_free_port
from tests.waiting import PATIENCE, until

USER, PASSWORD = "bob", "a-password-of-the-calendar"
NUMBERS = itertools.count(1)
SIGN_IN = "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode()


class DavServer:
    """A server with a folder of its own. `home` is where its user's calendars are."""

    home = f"/{USER}/"

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, get_free_port()
        self.process: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def build_arguments(self) -> list[str]:
        raise NotImplementedError

    def start(self) -> None:
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen([sys.executable, *self.build_arguments()], stdout=log, stderr=log)
        until(self._answers, said=(self.folder / "log").read_text)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)

    def _answers(self) -> bool:
        assert self.process.poll() is None, (self.folder / "log").read_text()
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.ask("OPTIONS", "/")[0] < 500
        return False

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, str]:
        """The status, the etag and the body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            sent = {"Authorization": SIGN_IN} | {
                name.replace("_", "-"): value for name, value in headers.items()
            }
            connection.request(method, path, body.encode(), sent)
            answer = connection.getresponse()
            return answer.status, answer.getheader("ETag", ""), answer.read().decode()
        finally:
            connection.close()

    def make_calendar(self) -> "DavCalendar":
        path = f"{self.home}work{next(NUMBERS)}/"
        assert self.ask("MKCALENDAR", path)[0] in (200, 201)
        return DavCalendar(self, path)

    def fill(self, path: str, events: dict[str, str]) -> None:
        """Many events at once, as if they had been there for long."""
        raise NotImplementedError


class Radicale(DavServer):
    def build_arguments(self) -> list[str]:
        (self.folder / "users").write_text(f"{USER}:{PASSWORD}\n")
        (self.folder / "config").write_text(
            f"[server]\nhosts = 127.0.0.1:{self.port}\n"
            f"[auth]\ntype = htpasswd\nhtpasswd_filename = {self.folder / 'users'}\nhtpasswd_encryption = plain\n"
            f"delay = 0\n[storage]\nfilesystem_folder = {self.folder / 'data'}\n\n"
            "[logging]\nlevel = warning\n"
        )
        return ["-m", "radicale", "--config", str(self.folder / "config")]

    def fill(self, path: str, events: dict[str, str]) -> None:
        folder = self.folder / "data" / "collection-root" / path.strip("/")
        for name, text in events.items():
            (folder / f"{name}.ics").write_text(text, newline="")
        # With each PUT, it writes what its sync tokens need: for files that just appear, at the first question after them.
        body = (
            '<D:sync-collection xmlns:D="DAV:"><D:sync-token/><D:sync-level>1</D:sync-level>'
            "<D:prop><D:getetag/></D:prop></D:sync-collection>"
        )
        assert self.ask("REPORT", path, body, Depth="0", Content_Type="application/xml")[0] == 207


class Xandikos(DavServer):
    home = "/user/calendars/"

    def build_arguments(self) -> list[str]:
        options = {
            "directory": self.folder / "data",
            "port": self.port,
            "listen-address": "127.0.0.1",
            "current-user-principal": "/user/",
        }
        return [
            "-m",
            "xandikos",
            "serve",
            "--defaults",
            *(f"--{name}={value}" for name, value in options.items()),
        ]

    def fill(self, path: str, events: dict[str, str]) -> None:
        """It has a commit for each change."""
        folder = self.folder / "data" / path.strip("/")
        for name, text in events.items():
            (folder / f"{name}.ics").write_text(text, newline="")
        porcelain.add(folder, [folder / f"{name}.ics" for name in events])
        porcelain.commit(folder, message=b"many", author=b"a <a@b.example>", committer=b"a <a@b.example>")


class DavCalendar:
    """A calendar as its user's own program has it."""

    def __init__(self, server: DavServer, path: str) -> None:
        self.server, self.path = server, path

    def put(self, name: str, text: str) -> None:
        status, _etag, said = self.server.ask(
            "PUT", f"{self.path}{name}.ics", text, Content_Type="text/calendar; charset=utf-8"
        )
        assert status in (200, 201, 204), (status, said)

    def get(self, name: str) -> str:
        """With unfolded lines; '' if there is no such event."""
        status, _etag, text = self.server.ask("GET", f"{self.path}{name}.ics")
        return text.replace("\r\n", "\n").replace("\n ", "") if status == 200 else ""

    def delete(self, name: str) -> None:
        assert self.server.ask("DELETE", f"{self.path}{name}.ics")[0] in (200, 204)

    def edit(self, name: str, *, at: datetime | None = None, **lines: str) -> None:
        """Other values of lines, as a calendar program writes them: with a new stamp, which is later than any change so far."""
        stamp = format_moment(at or datetime.now(UTC) + timedelta(minutes=1))
        text = self.get(name)
        for key, value in {**lines, "DTSTAMP": stamp, "LAST-MODIFIED": stamp}.items():
            kept = [line for line in text.split("\n") if not line.startswith((f"{key}:", f"{key};"))]
            end = kept.index("END:VEVENT")
            text = "\n".join([*kept[:end], f"{key}:{value}", *kept[end:]])
        self.put(name, text.replace("\n", "\r\n"))

    def list_names(self) -> list[str]:
        body = '<D:propfind xmlns:D="DAV:"><D:prop><D:getetag/></D:prop></D:propfind>'
        said = self.server.ask("PROPFIND", self.path, body, Depth="1", Content_Type="application/xml")[2]
        return sorted(
            part.partition(".ics")[0].rpartition("/")[2]
            for part in said.split("href>")[1::2]
            if ".ics" in part
        )


def format_moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def build_event(
    uid: str, begins: datetime | str, ends: datetime | str = "", *more: str, title: str = "Demo"
) -> str:
    """An event as a calendar program writes it. A text is a whole line's value with its parameters, such as ";VALUE=DATE:20261224"."""
    stamp = format_moment(datetime.now(UTC) - timedelta(hours=1))
    if isinstance(begins, datetime):
        ends = ends or begins + timedelta(hours=1)
    lines = [f"UID:{uid}", f"DTSTAMP:{stamp}", f"SUMMARY:{title}"]
    for name, value in (("DTSTART", begins), ("DTEND", ends)):
        if value:
            lines.append(
                f"{name}:{format_moment(value)}" if isinstance(value, datetime) else f"{name}{value}"
            )
    return build_file(["BEGIN:VEVENT", *lines, *more, "END:VEVENT"])


def build_file(lines: list[str]) -> str:
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Calendar program//EN", *lines, "END:VCALENDAR", ""]
    return "\r\n".join(whole)


@contextlib.contextmanager
def a_calendar_server(kind: type[DavServer]) -> Iterator[DavServer]:
    folder = Path(tempfile.mkdtemp(prefix="calendars", dir="/tmp"))
    server = kind(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
