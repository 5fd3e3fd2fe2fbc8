"""A dozen users at once on one small machine: no one gets an error or waits long."""

import random
import re
import threading
import time

import pytest

from tests.hard.running import Browser, a_started_leadwell

pytestmark = pytest.mark.nightly

PEOPLE, SECONDS = 12, 20
ACCOUNTS = ["admin", "company", "super", "manager", "operator", "rep"]
READS = [
    "/admin/leads",
    "/admin/leads?sort=company",
    "/admin/leads?sort=-next_action&kind=new",
    "/admin/leads?q=impex",
    "/admin/leads?country=RO&owner=none",
    "/admin/operations",
    "/notifications",
]


@pytest.fixture(scope="module")
def leadwell():
    with a_started_leadwell() as leadwell:
        leadwell.start()
        leadwell.password = re.search(r"have the password (\S+)", leadwell.said)[1]
        yield leadwell


def at_work(leadwell, number: int, until: float, answers: list) -> None:
    """Reads lists and leads and stars a lead now and then, like a fast user."""
    chance = random.Random(number)
    browser = Browser(leadwell.port)
    browser.sign_in(f"{ACCOUNTS[number % len(ACCOUNTS)]}@demo.example", leadwell.password)
    while time.monotonic() < until:
        path = chance.choice(READS)
        answers.append(timed(path, lambda path=path: browser.get(path)))
        leads = re.findall(r'href="(/admin/leads/\d+)', browser.page)
        if leads:
            lead = chance.choice(leads)
            answers.append(timed(lead, lambda lead=lead: browser.get(lead)))
            if "inline/vip" in browser.page:
                star = f"{lead}/inline/vip"
                answers.append(timed(star, lambda star=star: browser.post(star)))


def timed(what: str, ask) -> tuple[int, float, str]:
    begun = time.monotonic()
    return ask(), time.monotonic() - begun, what


def test_a_dozen_users_at_once_get_no_error_and_do_not_wait_long(leadwell):
    until, answers = time.monotonic() + SECONDS, []
    people = [
        threading.Thread(target=at_work, args=(leadwell, number, until, answers)) for number in range(PEOPLE)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    # If two users star the same lead at the same moment, one of them is asked to try again.
    wrong = [(status, what) for status, _seconds, what in answers if status not in (200, 409)]
    assert wrong == []
    assert len([status for status, *_rest in answers if status == 409]) < len(answers) / 20
    assert len(answers) > 60
    waits = sorted(seconds for _status, seconds, _what in answers)
    assert waits[len(waits) * 95 // 100] < 20
    assert leadwell.health()[0] == 200
