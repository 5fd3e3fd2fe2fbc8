"""Twenty users who work all the time: they read pages, add leads with a form, and add leads as programs do."""

import json
import random
import re
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from itertools import pairwise

from tests.hard.filled import Filled
from tests.hard.running import Browser

PEOPLE, PAUSE, TIMEOUT = 20, (2.0, 5.0), 40
# Seconds for which a program tries the same call again.
PATIENCE = 90
ACCOUNTS = ["admin", "company", "super", "manager"]
PAGES = [
    "/admin/leads",
    "/admin/leads?sort=company",
    "/admin/leads?q=impex",
    "/notifications",
    "/admin/leads?country=RO",
]
# What users may see while parts are lost, and what programs may get.
SENTENCES = [
    "Leadwell can’t be reached",
    "The connection was lost",
    "The answer took too long",
    "The database can’t be reached",
    "The request took too long",
    "Records in use",
]
CODES = {"unavailable", "too_slow", "busy"}
LEAD = re.compile(r"/admin/leads/(\d+)")


@dataclass
class Answer:
    kind: str
    begun: float
    ended: float
    status: int
    page: str
    url: str = ""

    @property
    def well(self) -> bool:
        return self.status in (200, 201)

    @property
    def wrong(self) -> str:
        """Why no user should see this; "" if it is fine."""
        if "Traceback" in self.page:
            return "a traceback"
        if "/login" in self.url:
            return "has to sign in again"
        if self.well or any(sentence in self.page for sentence in SENTENCES):
            return ""
        if (
            self.kind == "program"
            and self.page.startswith("{")
            and json.loads(self.page).get("code") in CODES
        ):
            return ""
        return f"{self.kind} {self.status} {self.url}: {re.sub(r'(?s)<[^>]*>', '', self.page)[-300:]}"


class Visitor(Browser):
    """Also remembers how far it was redirected when the last page failed."""

    def _open(self, request: urllib.request.Request) -> int:
        self.reached = request.full_url
        try:
            with self.opener.open(request, timeout=TIMEOUT) as answer:
                self.url = self.reached = answer.url
                self.page = self.seen = answer.read().decode()
                return answer.status
        except urllib.error.HTTPError as error:
            self.reached, self.seen = error.url, error.read().decode()
            return error.code
        except OSError as error:
            self.seen = f"no answer: {error}"
            return 0


@dataclass
class Load:
    """`added` and `kept` are the acknowledged leads: {email: number}, by forms and by programs."""

    port: int
    token: str
    answers: list[Answer] = field(default_factory=list)
    added: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ends = threading.Event()
        self.round = 0
        self.people: list[threading.Thread] = []
        self.visitors = [Visitor(self.port) for _number in range(PEOPLE)]

    def sign_in(self, password: str) -> None:
        """Once: no one has to again, whatever is lost."""
        for number, visitor in enumerate(self.visitors):
            assert visitor.sign_in(f"{ACCOUNTS[number % len(ACCOUNTS)]}@demo.example", password) == 200
            assert "/login" not in visitor.url

    def begin(self) -> None:
        self.round += 1
        self.ends.clear()
        self.people = [
            threading.Thread(target=self._work, args=(number, visitor), daemon=True)
            for number, visitor in enumerate(self.visitors)
        ]
        for person in self.people:
            person.start()

    def end(self) -> None:
        """Programs finish the calls that weren't answered yet."""
        self.ends.set()
        for person in self.people:
            person.join(PATIENCE + 2 * TIMEOUT)
        assert not any(person.is_alive() for person in self.people)

    def _work(self, number: int, visitor: Visitor) -> None:
        chance = random.Random(f"{self.round} {number}")
        turn = 0
        while not self.ends.wait(chance.uniform(*PAUSE)):
            turn += 1
            email = f"u{number}-{self.round}-{turn}@load.example"
            step = chance.choice(["read", "read", "form", "program"])
            if step == "read":
                self._read(visitor, chance.choice(PAGES))
            elif step == "form":
                self._fill_in(visitor, email)
            else:
                self._call_until_answered(email)

    def _read(self, visitor: Visitor, path: str) -> None:
        self._note("read", visitor, lambda: visitor.get(path))

    def _fill_in(self, visitor: Visitor, email: str) -> None:
        if not self._note("read", visitor, lambda: visitor.get("/admin/leads/new")):
            return
        values = {**Filled(visitor.page).forms[""], "last_name": "Load", "email": email}
        values.pop("csrfmiddlewaretoken")
        self.sent.add(email)
        self._note("write", visitor, lambda: visitor.post("/admin/leads/new", **values))
        # A redirect to the lead is the acknowledgment, even if the page of the lead couldn't be shown then.
        if found := LEAD.search(visitor.reached):
            self.added[email] = int(found[1])

    def _note(self, kind: str, visitor: Visitor, ask) -> bool:
        begun = time.monotonic()
        status = ask()
        self.answers.append(Answer(kind, begun, time.monotonic(), status, visitor.seen, visitor.reached))
        return status == 200

    def keep(self, email: str) -> None:
        """A lead that a program adds, whatever else is lost."""
        self._call_until_answered(email)
        assert email in self.kept, self.answers[-1].page

    def _call_until_answered(self, email: str) -> None:
        self.sent.add(email)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = self.call(email)
            self.answers.append(answer)
            if answer.status == 201:
                self.kept[email] = json.loads(answer.page)["id"]
                return
            time.sleep(1)

    def call(self, email: str) -> Answer:
        """Always with the same key for the same lead."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": email,
        }
        body = json.dumps({"last_name": "Load", "email": email}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v2/leads", body, headers)
        begun = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                status, page = response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            status, page = error.code, error.read().decode()
        except OSError as error:
            status, page = 0, f"no answer: {error}"
        return Answer("program", begun, time.monotonic(), status, page, request.full_url)

    def longest_without(self, kinds: set[str], since: float, until: float) -> float:
        """The longest time between a loss and the end of the work, in seconds, in which no request of these kinds succeeded. One
        that began before the loss doesn't count."""
        ends = [
            answer.ended
            for answer in self.answers
            if answer.well and answer.kind in kinds and since <= answer.begun and answer.ended <= until
        ]
        moments = [since, *sorted(ends), until]
        return max(later - earlier for earlier, later in pairwise(moments))
