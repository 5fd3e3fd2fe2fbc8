"""Working time on the days when the clock changes in Bucharest, working time that ends while a mailing is sent, and times of sending
that don't exist."""

from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import User, WorkingHours
from mailings.audience.recipient_counts import preview_recipient_counts
from mailings.jobs import queue_scheduled_mailings, send_mailing
from mailings.models import Delivery, Mailing

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """clock.now is the time for the application."""
    found = SimpleNamespace(now=timezone.now())
    monkeypatch.setattr("django.utils.timezone.now", lambda: found.now)
    return found


@pytest.fixture
def nightly(departments):
    """Sales work on Sundays from 2:00 to 5:00, when the clock changes."""
    WorkingHours.objects.create(department=departments.sales, weekday=6, opens=time(2), closes=time(5))


# In March 3:00 is followed by 4:00, at 1:00 UTC. In October 4:00 is followed by 3:00, at 1:00 UTC too.
MARCH = [("2027-03-27 23:59", False), ("2027-03-28 00:00", True), ("2027-03-28 01:00", True)]
MARCH += [("2027-03-28 01:59", True), ("2027-03-28 02:00", False)]
OCTOBER = [("2027-10-30 22:59", False), ("2027-10-30 23:00", True), ("2027-10-31 00:30", True)]
OCTOBER += [("2027-10-31 01:30", True), ("2027-10-31 02:59", True), ("2027-10-31 03:00", False)]


@pytest.mark.parametrize(("moment", "is_open"), [*MARCH, *OCTOBER])
def test_a_mailing_is_sent_in_working_time_whichever_way_the_clock_changes(
    moment, is_open, clock, nightly, make_mailing, make_recipients, send, post_office
):
    clock.now = datetime.fromisoformat(f"{moment}+00:00")
    mailing = make_mailing(in_working_time=True)
    make_recipients(mailing, 2)
    assert send(mailing).state == ("sent" if is_open else "sending")
    assert len(post_office) == (2 if is_open else 0)


@pytest.mark.parametrize("first", ["2027-03-27 22:00", "2027-10-30 21:00"])
def test_each_lead_gets_one_email_although_the_clock_changes_in_between(
    first, clock, nightly, make_mailing, make_recipients, send, post_office
):
    clock.now = datetime.fromisoformat(f"{first}+00:00")
    mailing = make_mailing(in_working_time=True)
    rows = make_recipients(mailing, 3)
    for _quarter in range(4 * 8):
        send(mailing)
        clock.now += timedelta(minutes=15)
    assert mailing.state == "sent"
    assert sorted(letter["To"] for letter in post_office) == sorted(row.address for row in rows)


def test_the_page_says_until_when_a_mailing_waits_across_the_change(
    clock, nightly, make_mailing, make_recipients, send
):
    clock.now = datetime(2027, 3, 27, 20, tzinfo=UTC)
    mailing = make_mailing(in_working_time=True)
    make_recipients(mailing)
    send(mailing)
    assert mailing.why == "working_time 2027-03-28T00:00:00+00:00"


@pytest.mark.parametrize("end", ["working_time", "author"])
def test_a_long_mailing_stops_between_two_turns(
    end, clock, nightly, make_mailing, make_recipients, monkeypatch, ann
):
    clock.now = datetime(2027, 3, 28, 1, 59, tzinfo=UTC)
    mailing = make_mailing(in_working_time=True)
    make_recipients(mailing, 2)
    turns = []

    def a_turn(mailing):
        turns.append(mailing)
        if end == "author":
            User.objects.filter(pk=ann.pk).update(is_active=False)
        else:
            clock.now += timedelta(minutes=1)
        return SimpleNamespace(goes_on=True, why=("", ""))

    monkeypatch.setattr("mailings.jobs.send_for_a_turn", a_turn)
    send_mailing(mailing.pk)
    assert len(turns) == 1
    found = Mailing.objects.get(pk=mailing.pk)
    assert found.state == {"working_time": "sending", "author": "paused"}[end]


def test_a_time_that_the_clock_skips_is_not_accepted(make_lead, make_mailing, ann, sign_in):
    mailing = make_mailing(state="draft", sent_at=None, ids=[make_lead(email="jan@a.example").pk], text="Hi")
    path, values = f"/admin/mailings/{mailing.pk}/send", {"seen": preview_recipient_counts(mailing).digest}
    for moment in ("28 Mar 2027, 03:30", "31 Oct 2027, 03:30"):
        page = sign_in(ann).post(path, values | {"send_at": moment})
        assert page.status_code == 422
        assert "it may be ambiguous or it may not exist" in page.text
        assert f'value="{moment}"' in page.text
    assert Mailing.objects.get(pk=mailing.pk).state == "draft"


def test_a_mailing_for_the_day_of_the_change_begins_at_its_time(
    clock, make_lead, make_mailing, ann, sign_in, post_office
):
    mailing = make_mailing(state="draft", sent_at=None, ids=[make_lead(email="jan@a.example").pk], text="Hi")
    values = {"seen": preview_recipient_counts(mailing).digest, "send_at": "2027-03-28T09:00"}
    clock.now = datetime(2027, 3, 27, 12, tzinfo=UTC)
    sign_in(ann).post(f"/admin/mailings/{mailing.pk}/send", values)
    clock.now = datetime(2027, 3, 28, 5, 59, tzinfo=UTC)
    assert queue_scheduled_mailings() == 0
    clock.now = datetime(2027, 3, 28, 6, tzinfo=UTC)
    assert queue_scheduled_mailings() == 1
    send_mailing(mailing.pk)
    assert Delivery.objects.in_state("sent").count() == len(post_office) == 1
