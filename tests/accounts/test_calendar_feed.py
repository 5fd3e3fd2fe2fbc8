"""The calendar feed: the open tasks of a user at a secret address, which can be renewed and turned off."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client

from accounts.models import CalendarFeed, User
from tests.calendar_files import properties_of
from tests.crm.work.invitations.inviting import in_days, plan


@pytest.fixture
def address(sign_in, bob) -> str:
    """Bob's, as the page showed it."""
    text = sign_in(bob).post("/profile/calendar").content.decode()
    return re.search(r'value="http[^"]+(/calendar/[^"]+[.]ics)"', text)[1]


def read(address: str):
    return Client().get(address)


def test_a_calendar_program_reads_the_open_tasks_of_the_user(address, bob, ben, make_lead, make_task, today):
    User.objects.filter(pk=bob.pk).update(time_zone="Europe/Bucharest")
    lead = make_lead("Jan Novák", owner=bob)
    first = make_task(
        "Call; then, write", lead, user=bob, due_on=today, due_time=time(14), description="One\nTwo"
    )
    make_task("All day", lead, user=bob, due_on=today)
    make_task("Some day", lead, user=bob)
    make_task("Not Bob’s", lead, user=ben, due_on=today)
    binned = make_lead("Binned", owner=bob, deleted_at="2026-01-01T00:00:00Z")
    make_task("Binned", binned, user=bob, due_on=today)
    answer = read(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    lines = answer.content.decode().replace("\r\n ", "").split("\r\n")
    assert [line for line in lines if line.startswith("SUMMARY:")] == [
        "SUMMARY:Call\\; then\\, write – Jan Novák",
        "SUMMARY:All day – Jan Novák",
    ]
    start = next(line for line in lines if line.startswith("DTSTART:"))
    assert start.startswith(f"DTSTART:{today:%Y%m%d}T1")
    assert start.endswith("0000Z")
    assert f"DTSTART;VALUE=DATE:{today:%Y%m%d}" in lines
    assert "DESCRIPTION:One\\nTwo" in lines
    assert any(line.startswith(f"UID:task-{first.pk}@") for line in lines)
    assert CalendarFeed.objects.get().last_read_at is not None


@pytest.fixture
def today() -> date:
    return date.today()


def test_no_line_is_longer_than_the_format_allows(address, bob, make_lead, make_task, today):
    make_task("Ședință " * 20, make_lead("Jan Novák", owner=bob), user=bob, due_on=today)
    lines = read(address).content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    joined = read(address).content.decode().replace("\r\n ", "")
    assert ("Ședință " * 20).strip() in joined


def test_a_new_address_ends_the_previous_one(address, sign_in, bob):
    browser = sign_in(bob)
    assert read(address).status_code == 200
    browser.post("/profile/calendar")
    assert read(address).status_code == 410


def test_the_address_is_shown_once_and_can_be_turned_off(address, sign_in, bob):
    browser = sign_in(bob)
    assert address not in browser.get("/profile/calendar").content.decode()
    browser.post("/profile/calendar/end")
    assert read(address).status_code == 410
    assert not CalendarFeed.objects.exists()


def test_deactivating_a_user_ends_their_address(address, sign_in, ada, bob):
    sign_in(ada).post(f"/admin/users/{bob.pk}/deactivate", {"to": "nobody"})
    assert read(address).status_code == 410
    assert not CalendarFeed.objects.exists()


def test_the_secret_itself_is_not_stored(address):
    secret = address.removeprefix("/calendar/").removesuffix(".ics")
    assert secret not in str(CalendarFeed.objects.values_list().get())


def test_a_calendar_program_reads_the_meetings_that_the_user_has_planned(
    address, sign_in, bob, ben, make_lead
):
    lead, foreign = make_lead("Jan Novák", owner=bob), make_lead("Eva", owner=ben)
    plan(sign_in(bob), lead, subject="The offer", place="Room 4", invite=None)
    plan(sign_in(bob), lead, subject="Long ago", at=datetime(2026, 1, 5, tzinfo=UTC), invite=None)
    plan(sign_in(ben), foreign, subject="Not Bob’s", invite=None)
    found = [(each.name, each.value) for each in properties_of(read(address).content.decode())]
    assert [value for name, value in found if name == "SUMMARY"] == ["The offer – Jan Novák"]
    assert ("LOCATION", "Room 4") in found
    start, end = in_days(7), in_days(7) + timedelta(minutes=45)
    assert ("DTSTART", f"{start:%Y%m%dT%H%M%SZ}") in found
    assert ("DTEND", f"{end:%Y%m%dT%H%M%SZ}") in found
