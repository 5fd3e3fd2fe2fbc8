"""Calendars at Google and at Microsoft: what comes in and goes out, and what happens when something goes wrong. Each test meets both."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.second_factor.secret_encryption import encrypt_secret
from calendars.connections import calendar_server
from calendars.connections.calendar_server import AlreadyThere, Outdated
from calendars.connections.server_choice import open_calendar_server
from calendars.events.event_values import EventValues
from calendars.models import CalendarEvent, ConnectedCalendar, EventTime
from calendars.syncing import calendar_sync
from crm.models import Activity, Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity, DeleteActivity, EditActivity, carry_out_on_activity
from leads.models import Lead
from tests.calendars.connections.provider_serving import OWNER, TOKEN

pytestmark = pytest.mark.django_db
BEGINS = (datetime.now(UTC) + timedelta(days=10)).replace(hour=9, minute=0, second=0, microsecond=0)
ANA = "ana@client.example"
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


@pytest.fixture
def provider(calendars):
    return calendars


@pytest.fixture
def there(provider):
    return provider.calendar


@pytest.fixture
def calendar(provider, bob):
    return ConnectedCalendar.objects.create(
        owner=bob,
        provider=provider.name,
        username=OWNER,
        known_as=OWNER,
        path=provider.path,
        name="Work",
        access_token=encrypt_secret(TOKEN),
        refresh_token=encrypt_secret("refresh"),
        token_until=timezone.now() + timedelta(days=1),
    )


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Acme", owner=bob, email=ANA)


@pytest.fixture
def meeting(lead, bob):
    carry_out(AddActivity(bob, "meeting", at=BEGINS, subject="Ours", minutes=45), Lead.objects.all(), by=bob)
    return Activity.objects.get()


def get_written(there):
    (event,) = there.list_present()
    return event


def test_a_meeting_goes_out_moves_and_is_deleted(meeting, there, sync, bob):
    sync()
    event = get_written(there)
    assert (event.title, event.begins, event.ends) == ("Ours – Acme", BEGINS, BEGINS + timedelta(minutes=45))
    assert event.guests == {}
    assert f"/leads/{meeting.record}" in str(event.own)
    carry_out_on_activity(EditActivity("meeting", {"at": BEGINS + HOUR, "place": "Cluj"}), meeting, by=bob)
    sync()
    assert (event.begins, event.place) == (BEGINS + HOUR, "Cluj")
    number = there.number
    sync()
    assert there.number == number
    carry_out_on_activity(DeleteActivity("meeting"), meeting, by=bob)
    sync()
    assert there.list_present() == []
    assert not EventTime.objects.exists()


def test_a_deleted_meeting_that_comes_back_is_written_again(meeting, there, sync, bob):
    sync()
    carry_out_on_activity(DeleteActivity("meeting"), meeting, by=bob)
    sync()
    assert there.list_present() == []
    revert_operation(Operation.objects.latest("pk"), by=bob)
    sync()
    sync()
    assert get_written(there).title == "Ours – Acme"


def test_what_its_owner_changes_there_comes_in(meeting, there, sync):
    sync()
    there.edit(get_written(there), title="Lunch", begins=BEGINS + 2 * HOUR, ends=BEGINS + 3 * HOUR)
    sync()
    meeting.refresh_from_db()
    assert (meeting.subject, meeting.at, meeting.minutes) == ("Lunch", BEGINS + 2 * HOUR, 60)
    there.delete(get_written(there))
    sync()
    meeting.refresh_from_db()
    assert meeting.deleted_at


def test_the_later_of_two_changes_counts(meeting, there, sync, bob):
    sync()
    carry_out_on_activity(EditActivity("meeting", {"subject": "Earlier"}), meeting, by=bob)
    there.edit(get_written(there), title="Later – Acme")
    sync()
    meeting.refresh_from_db()
    assert (meeting.subject, get_written(there).title) == ("Later", "Later – Acme")


def test_a_change_that_arrives_between_reading_and_writing_is_not_overwritten(
    meeting, there, sync, bob, monkeypatch
):
    sync()
    carry_out_on_activity(EditActivity("meeting", {"subject": "Ours again"}), meeting, by=bob)
    event, write = get_written(there), calendar_sync.write_events

    def late(*arguments):
        monkeypatch.setattr(calendar_sync, "write_events", write)
        there.edit(event, title="Theirs – Acme")
        return write(*arguments)

    monkeypatch.setattr(calendar_sync, "write_events", late)
    sync()
    assert event.title == "Theirs – Acme"
    sync()
    meeting.refresh_from_db()
    assert (meeting.subject, event.title) == ("Theirs", "Theirs – Acme")


def test_an_event_with_a_known_person_becomes_a_meeting_and_follows_it(lead, there, sync, bob):
    event = there.add("Demo", BEGINS, ANA, place="Room 5")
    private = there.add("Doctor", BEGINS + 2 * HOUR, ANA, private=True)
    there.add("Alone", BEGINS + 4 * HOUR)
    sync()
    meeting = Activity.objects.get()
    assert (meeting.subject, meeting.place, meeting.at, meeting.minutes) == ("Demo", "Room 5", BEGINS, 60)
    assert EventTime.objects.busy_between([bob.pk], BEGINS, BEGINS + 5 * HOUR).count() == 2
    carry_out_on_activity(EditActivity("meeting", {"at": BEGINS + HOUR}), meeting, by=bob)
    sync()
    assert (event.begins, event.guests) == (BEGINS + HOUR, {ANA: "needsAction"})
    assert private.begins == BEGINS + 2 * HOUR
    there.edit(event, guests={ANA: "accepted", OWNER: "declined"})
    sync()
    assert not Activity.objects.present().exists()


@pytest.mark.parametrize(
    ("values", "busy"),
    [
        ({}, True),
        ({"free": True}, False),
        ({"private": True}, True),
        ({"guests": {OWNER: "declined"}}, False),
        ({"guests": {OWNER: "accepted"}}, True),
    ],
)
def test_when_an_event_keeps_its_owner_busy(there, sync, bob, values, busy):
    there.edit(there.add("Event", BEGINS), **values)
    sync()
    assert EventTime.objects.busy_between([bob.pk], BEGINS, BEGINS + HOUR).exists() is busy
    assert "Event" not in str([vars(row) for row in [*EventTime.objects.all(), *CalendarEvent.objects.all()]])


def test_a_day_is_a_day_of_its_owner(there, sync, bob):
    bob.time_zone = "America/New_York"
    bob.save()
    there.add("Fair", BEGINS.date())
    sync()
    at = EventTime.objects.get()
    assert (at.ends - at.begins, at.begins.astimezone(bob.zone).hour) == (timedelta(days=1), 0)


def test_each_time_of_a_series_is_a_meeting_of_its_own(lead, there, sync, bob):
    series = there.add("Weekly", BEGINS, ANA, weekly=4)
    there.change_time(series, 1, begins=BEGINS + WEEK + HOUR, ends=BEGINS + WEEK + 2 * HOUR)
    there.cancel_time(series, 2)
    sync()
    expected = [BEGINS, BEGINS + WEEK + HOUR, BEGINS + 3 * WEEK]
    assert sorted(Activity.objects.values_list("at", flat=True)) == expected
    there.cancel_time(series, 3)
    sync()
    assert sorted(Activity.objects.present().values_list("at", flat=True)) == expected[:2]
    moved = Activity.objects.get(at=BEGINS)
    carry_out_on_activity(EditActivity("meeting", {"at": BEGINS + 2 * HOUR}), moved, by=bob)
    sync()
    assert series.build_times()[0].begins == BEGINS + 2 * HOUR
    assert series.build_times()[1].begins == BEGINS + WEEK + HOUR
    carry_out_on_activity(DeleteActivity("meeting"), moved, by=bob)
    sync()
    assert list(series.build_times()) == [1]
    there.delete(series)
    sync()
    assert not Activity.objects.present().exists()


def test_what_someone_else_organizes_is_never_moved_or_deleted(lead, there, sync, bob):
    event = there.add("Theirs", BEGINS, OWNER, ANA, organizer=ANA)
    sync()
    meeting = Activity.objects.get()
    carry_out_on_activity(EditActivity("meeting", {"at": BEGINS + HOUR}), meeting, by=bob)
    sync()
    meeting.refresh_from_db()
    assert (event.begins, meeting.at) == (BEGINS, BEGINS)
    carry_out_on_activity(DeleteActivity("meeting"), meeting, by=bob)
    sync()
    assert there.list_present() == [event]


def test_an_answer_that_is_lost_adds_nothing_twice(meeting, there, provider, sync):
    provider.lost.add("POST")
    sync(problem="unreachable The server didn’t send a valid HTTP response.")
    sync()
    sync()
    assert get_written(there).title == "Ours – Acme"
    assert EventTime.objects.get().activity == meeting.pk


def test_what_is_there_already_is_not_added_a_second_time(calendar, there):
    server = open_calendar_server(calendar)
    first, second = (EventValues(title, "", BEGINS, BEGINS + HOUR) for title in ("First", "Second"))
    path, _etag = server.add_event("planned-1", first)
    with pytest.raises((AlreadyThere, Outdated)):
        server.add_event("planned-1", first)
    if calendar.provider == "google":
        with pytest.raises(AlreadyThere, match=path):
            server.add_event("planned-1", second)
    assert get_written(there).title == "First"


def test_a_page_on_another_host_is_not_followed(calendar, provider, sync):
    elsewhere = "https://elsewhere.example/next"
    provider.answers = [(200, {"nextPageToken": elsewhere, "@odata.nextLink": elsewhere})]
    sync(problem=f"answer {'nextPageToken' if provider.name == 'google' else '@odata.nextLink'}")
    assert len(provider.asked) == 1


def test_guests_hear_of_a_change_from_their_calendar_and_no_one_of_what_leadwell_adds(
    meeting, there, provider, sync, bob
):
    event = there.add("Theirs", BEGINS + 5 * HOUR, ANA)
    sync()
    theirs = Activity.objects.get(subject="Theirs")
    carry_out_on_activity(EditActivity("meeting", {"at": BEGINS + 6 * HOUR}), theirs, by=bob)
    sync()
    assert event.begins == BEGINS + 6 * HOUR
    if provider.name == "google":
        assert [query.get("sendUpdates") for query in provider.queries["POST"]] == ["none"]
        assert [query.get("sendUpdates") for query in provider.queries["PATCH"]] == ["all"]


def test_a_period_of_microsoft_begins_again_after_a_month(calendar, there, provider, sync):
    there.add("Event", BEGINS)
    sync()
    calendar.refresh_from_db()
    _begun, space, address = calendar.cursor.partition(" ")
    if provider.name == "google":
        assert not space
        return
    calendar.cursor = f"{datetime.now(UTC) - timedelta(days=29):%Y-%m-%dT%H:%M:%SZ} {address}"
    calendar.save()
    assert sync().cursor.endswith(address)
    calendar.refresh_from_db()
    calendar.cursor = f"{datetime.now(UTC) - timedelta(days=31):%Y-%m-%dT%H:%M:%SZ} {address}"
    calendar.save()
    sync()
    assert "$deltatoken" not in provider.queries["GET"][-1]
    assert EventTime.objects.count() == 1


def test_a_token_that_is_no_longer_known_compares_everything_and_deletes_only_what_is_gone(
    lead, there, sync, bob
):
    old = there.add("Long ago", BEGINS - timedelta(days=60))
    kept, gone = there.add("Kept", BEGINS, ANA), there.add("Gone", BEGINS + HOUR, ANA)
    sync()
    there.delete(gone)
    there.forgotten = there.number + 1
    sync()
    assert Activity.objects.present().get().subject == "Kept"
    assert EventTime.objects.count() == 1
    assert (kept.gone, old.gone) == (False, False)


def test_an_overdue_task_stays_although_its_event_is_no_longer_listed(lead, there, sync, bob):
    with operation("test", by=None):
        given = {"of": "lead", "record": lead.pk, "title": "Call", "user": bob}
        task = Task.objects.create(**given, due_on=BEGINS.date(), due_time=BEGINS.time())
    sync()
    event = get_written(there)
    long_ago = timezone.now() - timedelta(days=60)
    EventTime.objects.update(begins=long_ago, ends=long_ago + HOUR)
    event.begins, event.ends = long_ago, long_ago + HOUR
    there.forgotten = there.number + 1
    sync()
    assert Task.objects.present().filter(pk=task.pk).exists()


def test_pages_follow_each_other(there, provider, sync, bob):
    provider.page = 2
    for number in range(5):
        there.add(f"Event {number}", BEGINS + number * HOUR)
    sync()
    assert EventTime.objects.count() == 5
    asked = len(provider.asked)
    sync()
    assert len(provider.asked) == asked + 1


def test_a_calendar_with_too_many_events_is_not_read(there, sync, monkeypatch):
    monkeypatch.setattr(calendar_server, "MOST_EVENTS", 2)
    for number in range(3):
        there.add(f"Event {number}", BEGINS)
    sync(problem="too_many")
    assert not CalendarEvent.objects.exists()


def test_an_event_that_was_deleted_since_it_was_listed_is_not_read(calendar, there):
    kept, deleted = there.add("Kept", BEGINS), there.add("Deleted", BEGINS)
    there.delete(deleted)
    read = open_calendar_server(calendar).read_events([kept.id, deleted.id, "unknown"], BEGINS + WEEK)
    assert list(read) == [kept.id]


def test_a_calendar_that_is_gone_deletes_nothing_here(meeting, there, provider, sync):
    sync()
    provider.calendar_is_gone = True
    assert sync(problem="calendar_gone").needs_choice
    assert Activity.objects.present().exists()


@pytest.mark.parametrize(
    ("status", "problem"),
    [(429, "busy"), (503, "busy"), (500, "answer 500"), (403, "forbidden Not for you")],
)
def test_a_server_that_refuses_is_asked_again_later(calendar, provider, sync, status, problem):
    provider.answers, provider.retry_after = [(status, {"error": {"message": "Not for you"}})], "1200"
    now = timezone.now()
    waits = sync(problem=problem).next_check_at - now
    assert (waits >= timedelta(seconds=1200)) is (problem == "busy")
    assert sync().problem == ""


def test_google_says_in_a_refusal_that_it_is_asked_too_often(calendar, provider, sync):
    provider.answers = [(403, {"error": {"errors": [{"reason": "rateLimitExceeded"}]}})]
    sync(problem="busy" if provider.name == "google" else "forbidden rateLimitExceeded")


@pytest.mark.parametrize(
    "answer", [None, {"items": 5, "value": 5}, {"items": [5, {}, {"id": 5}], "value": ["x"]}]
)
def test_an_answer_that_is_none_of_a_calendar_ends_with_a_sentence(calendar, provider, sync, answer):
    provider.answers = [(200, answer)]
    calendar_sync.sync_calendar(calendar)
    calendar.refresh_from_db()
    assert calendar.problem.startswith("answer")


def test_events_that_cannot_be_read_keep_no_one_busy(there, sync, bob):
    there.add(
        "Broken", BEGINS, own={"start": {"dateTime": "9999-12-31T23:59:59Z", "timeZone": "UTC"}, "end": "x"}
    )
    there.add("Broken too", BEGINS, own={"start": None, "attendees": [5, {"email": 5}], "organizer": "x"})
    sync()
    assert not EventTime.objects.exists()
    assert CalendarEvent.objects.count() == 2


def test_disconnecting_deletes_what_was_written(meeting, there, sync, calendar):
    there.add("Theirs", BEGINS + HOUR)
    sync()
    calendar.refresh_from_db()
    calendar.leaving = True
    calendar.save()
    calendar_sync.sync_calendar(calendar)
    assert [event.title for event in there.list_present()] == ["Theirs"]
    assert not ConnectedCalendar.objects.exists()
