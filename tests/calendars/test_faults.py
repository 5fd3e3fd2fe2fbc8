"""Nothing is written twice or lost: lost answers, killed workers, tokens that are refused, a calendar that was away."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock

import pytest

from calendars.calendar_problems import CalendarProblem
from calendars.connections import caldav_server
from calendars.connections.caldav_server import CalDavServer
from calendars.models import CalendarEvent, ConnectedCalendar, EventTime
from calendars.syncing import calendar_sync, event_storing
from crm.models import Activity, Notification
from crm.platform.web.outgoing_calls import OutgoingResponse
from crm.records.history.verb_execution import carry_out
from crm.work.activities.verbs import AddActivity, EditActivity, carry_out_on_activity
from leads.models import Lead
from tests.calendars.serving import build_event, format_moment
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db
BEGINS = (datetime.now(UTC) + timedelta(days=10)).replace(hour=9, minute=0, second=0, microsecond=0)
ANA = "ATTENDEE:mailto:ana@client.example"


class Killed(BaseException):
    """The worker ends here."""


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Acme", owner=bob, email="ana@client.example")


@pytest.fixture
def meeting(lead, bob):
    carry_out(AddActivity(bob, "meeting", at=BEGINS, subject="Demo", minutes=45), Lead.objects.all(), by=bob)
    return Activity.objects.get()


def lose(_answer):
    raise caldav_server.NotCalled("The server didn’t respond in time.")


@contextmanager
def losing_answers():
    """Events are written, but the answers get lost."""
    really = caldav_server.fetch_response
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            caldav_server,
            "fetch_response",
            lambda url, call: lose(really(url, call)) if call.method == "PUT" else really(url, call),
        )
        yield


def kill(*_arguments):
    raise Killed


def test_a_new_event_whose_answer_was_lost_is_not_written_twice(meeting, dav, sync):
    with losing_answers():
        sync(problem="unreachable The server didn’t respond in time.")
    assert len(dav.list_names()) == 1
    assert not EventTime.objects.exists()
    sync()
    assert len(dav.list_names()) == 1
    assert EventTime.objects.get().activity == meeting.pk
    assert Activity.objects.get().version == meeting.version


def test_a_move_whose_answer_was_lost_is_agreed_on_later(meeting, dav, sync, bob):
    sync()
    carry_out_on_activity(EditActivity("meeting", {"at": BEGINS + timedelta(hours=1)}), meeting, by=bob)
    version = Activity.objects.get().version
    with losing_answers():
        sync(problem="unreachable The server didn’t respond in time.")
    text = dav.get(f"leadwell-planned-{meeting.pk}")
    sync()
    assert dav.get(f"leadwell-planned-{meeting.pk}") == text
    assert Activity.objects.get().version == version


@pytest.mark.parametrize("method", ["PUT", "REPORT"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_was_killed_leaves_it_to_the_next_one(lead, meeting, dav, sync, calendar, method, when):
    dav.put("a", build_event("a", BEGINS + timedelta(days=1), "", ANA, title="From the calendar"))
    with pytest.MonkeyPatch.context() as patch:
        really = caldav_server.fetch_response

        def fetch(url, call):
            if call.method != method:
                return really(url, call)
            if when == "after":
                really(url, call)
            raise Killed

        patch.setattr(caldav_server, "fetch_response", fetch)
        with pytest.raises(Killed):
            sync()
    ConnectedCalendar.objects.update(busy_until=datetime.now(UTC) - timedelta(seconds=1))
    sync()
    sync()
    assert dav.list_names() == ["a", f"leadwell-planned-{meeting.pk}"]
    assert sorted(Activity.objects.present().values_list("subject", flat=True)) == [
        "Demo",
        "From the calendar",
    ]


def test_a_worker_that_was_killed_within_a_batch_has_kept_nothing_of_it(lead, dav, sync):
    dav.put("a", build_event("a", BEGINS, "", ANA))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(event_storing, "_import_meetings", kill)
        with pytest.raises(Killed):
            sync()
    assert not CalendarEvent.objects.exists()
    ConnectedCalendar.objects.update(busy_until=datetime.now(UTC) - timedelta(seconds=1))
    sync()
    assert Activity.objects.count() == 1


def test_a_token_that_is_refused_reads_everything_once_and_finds_what_is_gone(lead, dav, sync, calendar):
    dav.put("a", build_event("a", BEGINS, "", ANA))
    dav.put("b", build_event("b", BEGINS + timedelta(days=1)))
    sync()
    calendar.cursor = (
        "token:http://radicale.org/ns/sync/0000000000000000000000000000000000000000000000000000000000000000"
    )
    calendar.save()
    dav.delete("b")
    sync()
    assert [event.path.rpartition("/")[2] for event in CalendarEvent.objects.all()] == ["a.ics"]
    assert Activity.objects.count() == 1
    assert "0000000000" not in calendar.cursor


def test_a_server_without_tokens_is_asked_for_the_tag_of_its_calendar(lead, dav, sync, calendar, monkeypatch):
    monkeypatch.setattr(CalDavServer, "_list_by_token", lambda self, token: None)
    dav.put("a", build_event("a", BEGINS, "", ANA))
    sync()
    assert calendar.cursor.startswith("tag:")
    dav.put("b", build_event("b", BEGINS + timedelta(days=1)))
    dav.delete("a")
    sync()
    assert Activity.objects.present().count() == 0
    assert CalendarEvent.objects.count() == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CalDavServer, "read_events", kill)
        sync()


def test_a_change_that_came_in_between_is_read_before_anything_is_written(meeting, dav, sync, bob, calendar):
    sync()
    name = f"leadwell-planned-{meeting.pk}"
    carry_out_on_activity(EditActivity("meeting", {"place": "Room 7"}), meeting, by=bob)
    with pytest.MonkeyPatch.context() as patch:
        really = calendar_sync.write_events

        def write(*arguments):
            dav.edit(
                name,
                DTSTART=format_moment(BEGINS + timedelta(hours=3)),
                DTEND=format_moment(BEGINS + timedelta(hours=4)),
            )
            return really(*arguments)

        patch.setattr(calendar_sync, "write_events", write)
        sync()
    assert "Room 7" not in dav.get(name)
    assert calendar.next_check_at <= datetime.now(UTC)
    sync()
    assert Activity.objects.get().at == BEGINS + timedelta(hours=3)


def test_a_calendar_that_was_away_for_a_week_is_tried_less_and_less_and_goes_on_where_it_was(
    lead, dav, sync, calendar, bob
):
    dav.put("a", build_event("a", BEGINS, "", ANA))
    sync()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(caldav_server, "fetch_response", lambda url, call: lose(None))
        for _time in range(7):
            sync(problem="unreachable The server didn’t respond in time.")
    assert calendar.next_check_at - datetime.now(UTC) > timedelta(minutes=55)
    assert Notification.objects.filter(user=bob, kind="calendar_failing").count() == 1
    dav.edit(
        "a",
        DTSTART=format_moment(BEGINS + timedelta(hours=1)),
        DTEND=format_moment(BEGINS + timedelta(hours=2)),
    )
    sync()
    assert Activity.objects.get().at == BEGINS + timedelta(hours=1)
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(("said", "hours"), [("7200", 2), ("99999999999999", 24)])
def test_a_server_that_asks_to_wait_is_left_alone_for_so_long_but_not_more_than_a_day(
    said, hours, sync, calendar
):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(caldav_server, "fetch_response", lambda url, call: OutgoingResponse(429, "", said))
        sync(problem="busy")
    waits = calendar.next_check_at - datetime.now(UTC)
    assert timedelta(hours=hours, minutes=-5) < waits < timedelta(hours=hours, minutes=5)


NO_EVENTS = OutgoingResponse(207, "", "", b'<D:multistatus xmlns:D="DAV:"/>')


def read_events_one_by_one(calendar, number: int, fetch) -> None:
    """With a call for each event."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(caldav_server, "READ_AT_ONCE", 1)
        patch.setattr(caldav_server, "fetch_response", fetch)
        CalDavServer(calendar).read_events([f"{calendar.path}{each}.ics" for each in range(number)], BEGINS)


def test_four_calls_read_events_at_once_and_never_more(calendar):
    together, lock, at_once = Barrier(4, timeout=PATIENCE), Lock(), [0]

    def fetch(url, call):
        with lock:
            at_once.append(at_once[-1] + 1)
        # Four wait for each other here.
        together.wait()
        with lock:
            at_once.append(at_once[-1] - 1)
        return NO_EVENTS

    read_events_one_by_one(calendar, 12, fetch)
    assert max(at_once) == 4
    assert len(at_once) == 1 + 2 * 12


def test_a_busy_server_is_not_asked_for_the_rest(calendar):
    asked = []

    def fetch(url, call):
        asked.append(url)
        return OutgoingResponse(429, "", "60")

    with pytest.raises(CalendarProblem, match="busy"):
        read_events_one_by_one(calendar, 40, fetch)
    assert len(asked) < 40


def test_a_calendar_that_is_gone_deletes_nothing_here(lead, dav, sync, calendar, bob):
    dav.put("a", build_event("a", BEGINS, "", ANA))
    sync()
    assert dav.server.ask("DELETE", dav.path)[0] in (200, 204)
    sync(problem="calendar_gone")
    assert Activity.objects.present().count() == 1
    assert Notification.objects.filter(user=bob, kind="calendar_failing").count() == 1


def test_a_wrong_password_is_a_problem_of_its_owner(sync, calendar):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(caldav_server, "fetch_response", lambda url, call: OutgoingResponse(401, "", ""))
        sync(problem="login")
    assert calendar.has_lost_access


def test_two_workers_do_not_sync_one_calendar_at_once(calendar, sync):
    assert calendar.claim_for_sync(datetime.now(UTC))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calendar_sync, "open_calendar_server", kill)
        sync()


def test_a_redirect_never_takes_the_password_to_another_host(calendar):
    seen = []

    def fetch(url, call):
        seen.append(url)
        return OutgoingResponse(301, "https://evil.example/steal", "")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(caldav_server, "fetch_response", fetch)
        with pytest.raises(CalendarProblem):
            CalDavServer(calendar).list_changes("")
    assert all(url.startswith(calendar.address) for url in seen)
