"""Two web servers and two workers with a data folder each, and one database and one file store for all of them."""

import contextlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg

from crm.platform.database.embedded_postgres import EmbeddedServer
from tests.hard.running import Browser, Leadwell, _after_the_first_start, a_folder

PASSWORD = "a password of all the nodes"
WEB, WORKERS = ("web 1", "web 2"), ("worker 1", "worker 2")


class Cluster:
    """`nodes` are the servers by name; they are like machines that share nothing but the network."""

    def __init__(self, folder: Path, files: str, **settings: str) -> None:
        self.folder = folder
        self.server = EmbeddedServer(folder / "database" / "postgres")
        shared = {
            "DATABASE_URL": self.server.url,
            "LEADWELL_FILES": files,
            "LEADWELL_SECRET_KEY": "the same for all nodes, so that a session is valid on each",
            "LEADWELL_DEMO_PASSWORD": PASSWORD,
            "LEADWELL_WEB_PROCESSES": "1",
            "EXPORT_PASSWORD_ABOVE": "0",
            "FILE_DAYS": "1",
            **settings,
        }
        self.nodes = {name: Leadwell(folder / name, **shared) for name in (*WEB, *WORKERS)}

    def start(self) -> None:
        self.nodes[WEB[0]].manage("mark_files")
        for name in (*WEB, *WORKERS):
            self.start_one(name)

    def start_one(self, name: str) -> None:
        self.nodes[name].start("--only", name.split()[0])

    def sign_in(self, name: str) -> Browser:
        browser = Browser(self.nodes[name].port)
        assert browser.sign_in("admin@demo.example", PASSWORD) == 200
        return browser

    def query(self, text: str) -> list[tuple]:
        with psycopg.connect(**self.server.get_connection_parameters(), autocommit=True) as connection:
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else []

    def own_files(self) -> list[str]:
        """What uploads, exports and imports have left in the data folders of the nodes."""
        folders = [node.folder / name for node in self.nodes.values() for name in ("files", "temporary")]
        return [str(path) for folder in folders for path in folder.rglob("*") if path.is_file()]


@contextlib.contextmanager
def a_cluster(files: str, **settings: str) -> Iterator[Cluster]:
    with a_folder() as folder:
        subprocess.run(["cp", "-a", _after_the_first_start(), folder / "database"], check=True)
        cluster = Cluster(folder, files.replace("FOLDER", str(folder)), **settings)
        if files.startswith("FOLDER"):
            (folder / "shared").mkdir()
        with cluster.server.keep_running(stop=True):
            try:
                yield cluster
            finally:
                for node in cluster.nodes.values():
                    node.clear_away()


def last_number(url: str) -> int:
    return int(re.findall(r"\d+", url)[-1])
