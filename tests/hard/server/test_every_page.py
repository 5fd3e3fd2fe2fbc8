"""Every page is asked for on a running server, where a GET can't write and no test rolls anything back."""

import http.client
import re

import psycopg
import pytest
from django.conf import settings

from tests.examples import one_in
from tests.hard.running import Leadwell
from tests.matrix.asking import Answer, Asker
from tests.matrix.declared.every_url import DECLARED
from tests.matrix.judging import meaning
from tests.matrix.oracle import PEOPLE, SEEN, THINGS, Row, among, expected
from tests.matrix.served import a_served_world
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.hard, pytest.mark.matrix, pytest.mark.django_db]

PAGES = [row for row in DECLARED if row.method == "GET"]
# What the pages that recipients and calendar programs open write down, when it isn't there yet.
NOT_YET = """
    DELETE FROM mailings_click; UPDATE mailings_delivery SET opened_at = NULL, clicked_at = NULL;
    UPDATE accounts_calendarfeed SET last_read_at = NULL; DELETE FROM intake_formview
"""
WRITTEN = """
    SELECT (SELECT count(*) FROM mailings_click), count(opened_at), count(clicked_at),
        (SELECT count(last_read_at) FROM accounts_calendarfeed), (SELECT sum(number) FROM intake_formview)
    FROM mailings_delivery
"""


class Browser:
    """One connection, whose next answer comes when all work of the one before is done."""

    def __init__(self, asker: Asker, leadwell: Leadwell, person: str) -> None:
        self.asker, self.person = asker, person
        self.connection = http.client.HTTPConnection("127.0.0.1", leadwell.port, timeout=PATIENCE)
        session = asker.sessions.get(person)
        self.headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"} if session else {}

    def ask(self, row: Row, thing: str = "") -> Answer:
        self.connection.request("GET", self.asker.address(row, self.person, thing), headers=self.headers)
        response = self.connection.getresponse()
        return Answer(response.status, response.read(), dict(response.headers))


@pytest.fixture(scope="module")
def served(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), a_served_world() as served:
        yield served


def thing_seen(row: Row, person: str) -> str:
    """One that the person sees, if there is one."""
    seen = among(SEEN, person, row.of) if row.of else set()
    return next((thing for thing in THINGS.get(row.of, []) if thing in seen), THINGS.get(row.of, [""])[0])


# Anonymous, a rep, a deputy and an administrator; the matrix asks all of them.
@pytest.mark.parametrize("person", one_in(3, PEOPLE))
def test_a_running_server_answers_every_get_as_the_design_says(served, person):
    browser, wrong = Browser(*served, person), []
    for row in PAGES:
        thing = thing_seen(row, person)
        wanted, got = expected(row, person, thing), meaning(row, browser.ask(row, thing))
        if got != wanted and not (wanted == "denied" and got in ("forbidden", "not found")):
            wrong.append(f"{row.name} for {thing}: expected {wanted}, got {got}")
    assert wrong == []
    assert re.findall("Traceback.*", served[1].said) == []


def test_a_running_server_writes_down_who_opened_clicked_and_read(served):
    browser = Browser(*served, "anonymous")
    with psycopg.connect(served[1].settings["DATABASE_URL"], autocommit=True) as database:
        database.execute(NOT_YET)
        for row in [row for row in PAGES if row.writes and not row.of]:
            browser.ask(row)
        browser.ask(PAGES[0])
        assert database.execute(WRITTEN).fetchone() == (1, 1, 1, 1, 1)
