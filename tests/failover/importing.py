"""One import, by a user who tries each step again until it is done."""

import re
import threading
import time

from tests.failover.people import Visitor
from tests.hard.filled import Filled

# So many take some seconds, in which a part is lost.
ROWS = 20_000


class Importing(threading.Thread):
    """`applies` is set when the import may begin to add its rows. If a step fails, those who wait for an event get its error."""

    def __init__(self, cluster, password: str, number: int) -> None:
        super().__init__(daemon=True)
        self.cluster, self.number = cluster, number
        [(self.earlier,)] = cluster.query("SELECT coalesce(max(id), 0) FROM crm_job")
        self.visitor = Visitor(cluster.port)
        assert self.visitor.sign_in("admin@demo.example", password) == 200
        self.applies, self.finished = threading.Event(), threading.Event()
        self.said = ""
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self._import()
        except Exception as error:
            self.error = error

    def wait_for(self, event: threading.Event, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not event.wait(0.5):
            if self.error:
                raise self.error
            assert time.monotonic() < deadline, self.said

    def job(self) -> tuple[str, int]:
        """The state of the job that adds the rows, and how many it has added; ("", 0) before there is one."""
        found = self.cluster.query(
            "SELECT state, done FROM crm_job WHERE kind = 'import_apply' AND id > %s", self.earlier
        )
        return found[0] if found else ("", 0)

    def _import(self) -> None:
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
            words = re.sub(r"(?s)^.*<main|<script.*?</script>|<[^>]*>|\s+", " ", self.visitor.seen)
            self.said = f"{self.visitor.reached}: {words[:1_500]}"
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.said} {self.job()}")
            time.sleep(0.5)

    def rows(self) -> tuple[int, int]:
        """How many leads it added, and with how many addresses."""
        [found] = self.cluster.query(
            "SELECT count(*), count(DISTINCT email) FROM leads_lead WHERE email LIKE %s",
            f"r%-{self.number}@import.example",
        )
        return found
