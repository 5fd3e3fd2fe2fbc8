"""One import, by a user who tries each step again until it is done."""

import re
import threading
import time

from tests.failover.people import Visitor
from tests.hard.filled import Filled

ROWS = 5_000


class Importing(threading.Thread):
    """`applies` is set when the import begins to add its rows."""

    def __init__(self, cluster, password: str, number: int) -> None:
        super().__init__(daemon=True)
        self.cluster, self.number = cluster, number
        self.visitor = Visitor(cluster.port)
        assert self.visitor.sign_in("admin@demo.example", password) == 200
        self.applies, self.finished = threading.Event(), threading.Event()
        self.said = ""

    def run(self) -> None:
        rows = "".join(f"Row{row},r{row}-{self.number}@import.example\n" for row in range(ROWS))
        data = f"Last name,Email\n{rows}".encode()
        self._until(lambda: self.visitor.get("/admin/leads/import") == 200)
        self._until(
            lambda: self.visitor.attach("/admin/leads/import", [("many.csv", data)], field="file") == 200
        )
        page = re.search(r"/admin/imports/\d+", self.visitor.url)[0]
        self._step(f"{page}/columns", f"r0-{self.number}@import.example")
        self._step(f"{page}/plan", 'name="apply"')
        self.applies.set()
        self._until(lambda: self.visitor.get(page) == 200 and "Rows in the file" in self.visitor.page)
        self.finished.set()

    def _step(self, page: str, words: str) -> None:
        """Wait until the worker has prepared the page, then send its form."""
        self._until(lambda: self.visitor.get(page) == 200 and words in self.visitor.page)
        forms = Filled(self.visitor.page).forms[""]
        self._until(lambda: self.visitor.post(page, **forms) == 200)

    def _until(self, happened, seconds: float = 300) -> None:
        deadline = time.monotonic() + seconds
        while not happened():
            self.said = f"{self.visitor.reached}: {self.visitor.seen[-500:]}"
            if time.monotonic() > deadline:
                raise TimeoutError(self.said)
            time.sleep(0.5)

    def rows(self) -> tuple[int, int]:
        """How many leads it added, and with how many addresses."""
        [found] = self.cluster.query(
            "SELECT count(*), count(DISTINCT email) FROM leads_lead WHERE email LIKE %s",
            f"r%-{self.number}@import.example",
        )
        return found
