"""A real Leadwell for the hard tests: `manage.py run` with its own data folder and a free port, and a plain browser."""

import contextlib
import fcntl
import hashlib
import http.cookiejar
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import psutil
import psycopg

from crm.platform.configuration.environment import ROOT
from crm.platform.database.embedded_postgres import EmbeddedServer, get_shifted_clock
from crm.platform.server.child_processes import is_alive
from tests.database.migrated import name_of_today
from tests.ports import get_free_port
from tests.waiting import PATIENCE, until

# Kept in the data folder: the port and the words of its first start.
FIRST = "first_start.txt"


class Leadwell:
    """One data folder and its runs. `settings` are environment variables; no others are passed on."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self.settings = folder, settings
        self.port = get_free_port()
        self.server = EmbeddedServer(folder / "postgres")
        self.process: subprocess.Popen | None = None
        self.log = folder.with_suffix(".log")
        self.seen: set[psutil.Process] = set()
        self.first_port = self.first_words = ""

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return {
            **kept,
            **get_shifted_clock(),
            "LEADWELL_DATA": str(self.folder),
            "PORT": str(self.port),
            **self.settings,
        }

    def manage(self, *words: object, **environment: str) -> subprocess.CompletedProcess:
        """Run another command alongside it, to its end."""
        return subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *map(str, words)],
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def launch(self, *words: str) -> None:
        """`manage.py run` in its own session, as on a terminal."""
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "run", *words],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start(self, *words: str) -> None:
        """The same, then wait until it reports that it is up. On a busy machine, a first start takes minutes."""
        self.launch(*words)
        self.wait(lambda: "Press Ctrl-C to stop" in self.said or self.process.poll() is not None, seconds=300)
        assert self.process.poll() is None, self.said
        self.look()

    @property
    def said(self) -> str:
        return self.log.read_text()

    def look(self) -> list[psutil.Process]:
        """All its living processes: parent, web server, worker, PostgreSQL and what they started."""
        roots = [self.process.pid] if self.process else []
        pid_file = self.server.data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError):
            roots.append(int(pid_file.read_text().split("\n")[0]))
        for root in roots:
            with contextlib.suppress(psutil.NoSuchProcess):
                self.seen |= {psutil.Process(root), *psutil.Process(root).children(recursive=True)}
        return [process for process in self.seen if is_alive(process)]

    def named(self, words: str) -> list[psutil.Process]:
        """The living processes whose command line contains these words, oldest first."""
        found = []
        for process in self.look():
            with contextlib.suppress(psutil.Error):
                if words in " ".join(process.cmdline()):
                    found.append(process)
        return sorted(found, key=lambda process: process.create_time())

    def wait(self, happened, seconds: float = PATIENCE) -> None:
        until(happened, seconds, said=lambda: f"It said:\n{self.said}")

    def health(self) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/healthz?all", timeout=PATIENCE
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def wait_until_well(self) -> None:
        self.wait(lambda: self.health()[0] == 200)

    def waits_for_a_lock(self) -> bool:
        with psycopg.connect(**self.server.get_connection_parameters()) as connection:
            return connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone() is not None

    def interrupt(self) -> int:
        """Ctrl-C: the signal goes to the foreground group, as from a terminal. Returns its exit status."""
        return self.end(lambda: os.killpg(self.process.pid, signal.SIGINT))

    def terminate(self) -> int:
        """What a service manager does: SIGTERM to the parent only."""
        return self.end(self.process.terminate)

    def end(self, how) -> int:
        self.look()
        how()
        return self.process.wait(PATIENCE)

    def clear_away(self) -> None:
        for process in self.look():
            with contextlib.suppress(psutil.Error):
                process.kill()
        if self.process:
            self.process.wait()
        elsewhere = Path(
            "/var/lib/leadwell", hashlib.sha256(str(self.server.asked_folder).encode()).hexdigest()[:12]
        )
        for folder in (self.folder, elsewhere, self.server.socket):
            shutil.rmtree(folder, ignore_errors=True)
        self.log.unlink(missing_ok=True)


@contextlib.contextmanager
def a_folder(mode: int = 0o755):
    """A folder open to other users, as PostgreSQL requires when root runs the tests, unless `mode` forbids it."""
    folder = Path(tempfile.mkdtemp(prefix="leadwell-"))
    folder.chmod(mode)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def a_leadwell(**settings: str):
    with a_folder() as folder:
        leadwell = Leadwell(folder / "data", **settings)
        try:
            yield leadwell
        finally:
            leadwell.clear_away()


@contextlib.contextmanager
def a_started_leadwell(**settings: str):
    """One whose first start is over, which takes half a minute. Its data is a copy, so no test sees another one's rows. `first_words`
    are what the first start said, at `first_port`."""
    with a_leadwell(**settings) as leadwell:
        subprocess.run(["cp", "-a", _after_the_first_start(), leadwell.folder], check=True)
        leadwell.first_port, leadwell.first_words = (leadwell.folder / FIRST).read_text().split("\n", 1)
        yield leadwell


def _after_the_first_start() -> Path:
    """The data of a Leadwell that was started and stopped once, kept for today's product."""
    place = Path(os.environ["LEADWELL_DATA"], "started")
    place.mkdir(parents=True, exist_ok=True)
    kept = place / name_of_today()
    # The other process of this run waits for the same data.
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (kept / FIRST).exists():
            for older in place.iterdir():
                shutil.rmtree(older)
            with a_leadwell() as leadwell:
                leadwell.start()
                assert leadwell.interrupt() == 0, leadwell.said
                (leadwell.folder / FIRST).write_text(f"{leadwell.port}\n{leadwell.said}")
                # Complete as soon as it has its name.
                subprocess.run(["cp", "-a", leadwell.folder, place / "new"], check=True)
                (place / "new").rename(kept)
    return kept


class Browser:
    """A browser without JavaScript: cookies, forms with their token, redirects."""

    def __init__(self, port: int, **headers: str) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        self.opener.addheaders = [("Referer", self.base), *headers.items()]
        self.url = self.page = ""

    def get(self, path: str) -> int:
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.url or self.base, path)))

    def post(self, path: str, **values: str) -> int:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)
        data = urllib.parse.urlencode(
            {"csrfmiddlewaretoken": token[1] if token else "", **values}, True
        ).encode()
        return self._open(
            urllib.request.Request(urllib.parse.urljoin(self.url or self.base, path), data=data)
        )

    def attach(
        self, path: str, files: list[tuple[str, bytes]], *, field: str = "attachments", **values: str
    ) -> int:
        """Send a form with files in this field."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)
        form = {"csrfmiddlewaretoken": token[1] if token else "", **values}
        heads = [(f'name="{name}"', value.encode()) for name, value in form.items()]
        heads += [(f'name="{field}"; filename="{name}"', content) for name, content in files]
        parts = [
            f"--b0undary\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
            for head, content in heads
        ]
        request = urllib.request.Request(
            urllib.parse.urljoin(self.url or self.base, path), data=b"".join([*parts, b"--b0undary--\r\n"])
        )
        request.add_header("Content-Type", "multipart/form-data; boundary=b0undary")
        return self._open(request)

    def sign_in(self, email: str, password: str) -> int:
        self.get("/login")
        return self.post("/login", email=email, password=password)

    def _open(self, request: urllib.request.Request) -> int:
        try:
            with self.opener.open(request, timeout=PATIENCE) as answer:
                self.url, self.page = answer.url, answer.read().decode()
                return answer.status
        except urllib.error.HTTPError as error:
            self.page = error.read().decode()
            return error.code
