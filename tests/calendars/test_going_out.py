"""Meetings and tasks with a time go out to the calendar of their user, move and are deleted there."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail

from calendars.connections.caldav_server import CalDavServer
from calendars.connections.calendar_server import AlreadyThere
from calendars.events.event_values import EventValues
from calendars.models import ConnectedCalendar, EventTime
from crm.models import Activity, Invitation, Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Restore
from crm.work.activities.verbs import AddActivity, DeleteActivity, EditActivity, carry_out_on_activity
from crm.work.tasks.verbs import CompleteTask, RescheduleTask, carry_out_on_tasks
from leads.models import Lead
from privacy.person import Person
from privacy.person_erasure import erase_person

pytestmark = pytest.mark.django_db
BEGINS = (datetime.now(UTC) + timedelta(days=10)).replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Acme", owner=bob)


@pytest.fixture
def plan(lead, bob):
    def planned(begins=BEGINS, **values) -> Activity:
        verb = AddActivity(
            bob, "meeting", at=begins, **{"subject": "Demo", "minutes": 45, "place": "Room 5"} | values
        )
        carry_out(verb, Lead.objects.filter(pk=lead.pk), by=bob)
        return Activity.objects.latest("pk")

    return planned


@pytest.fixture
def make_task(lead, bob):
    def made(**values) -> Task:
        given = {"of": "lead", "record": lead.pk, "title": "Call Acme", "user": bob, "due_on": BEGINS.date()}
        with operation("test", by=None):
            return Task.objects.create(**given | {"due_time": time(15, 0)} | values)

    return made


def get_path(row) -> str:
    return f"leadwell-{'planned' if isinstance(row, Activity) else 'task'}-{row.pk}"


def test_a_planned_meeting_goes_out_and_names_no_one_as_invited(plan, sync, dav):
    meeting = plan(invited="ana@client.example")
    sync()
    text = dav.get(get_path(meeting))
    assert f"UID:planned-{meeting.pk}@" in text
    assert "SUMMARY:Demo – Acme" in text
    assert "LOCATION:Room 5" in text
    assert f"DTSTART:{BEGINS:%Y%m%dT%H%M%SZ}" in text
    assert f"DTEND:{BEGINS + timedelta(minutes=45):%Y%m%dT%H%M%SZ}" in text
    assert "ATTENDEE" not in text
    assert "ORGANIZER" not in text
    assert "METHOD" not in text


def test_a_new_event_never_replaces_what_is_at_its_path(calendar, dav):
    server = CalDavServer(calendar)
    ends = BEGINS + timedelta(minutes=30)
    path, _etag = server.add_event("planned-1", EventValues("Demo", "", BEGINS, ends))
    with pytest.raises(AlreadyThere):
        server.add_event("planned-1", EventValues("Another", "", BEGINS, ends))
    assert path.endswith("leadwell-planned-1.ics")
    assert "SUMMARY:Demo" in dav.get("leadwell-planned-1")


def test_a_task_with_a_time_goes_out_and_one_without_does_not(make_task, sync, dav, bob):
    timed, whole_day = make_task(), make_task(due_time=None, title="Send offer")
    sync()
    assert dav.list_names() == [get_path(timed)]
    moment = datetime.combine(timed.due_on, timed.due_time, bob.zone).astimezone(UTC)
    assert f"DTSTART:{moment:%Y%m%dT%H%M%SZ}" in dav.get(get_path(timed))
    assert not EventTime.objects.of_tasks([whole_day.pk]).exists()


def test_what_others_plan_and_what_is_over_stays_out(plan, make_task, sync, dav, ann):
    plan(BEGINS - timedelta(days=30))
    make_task(user=ann)
    sync()
    assert dav.list_names() == []


def test_a_second_sync_writes_nothing(plan, sync, dav):
    meeting = plan()
    sync()
    before = dav.get(get_path(meeting))
    sync()
    assert dav.get(get_path(meeting)) == before
    assert Activity.objects.get(pk=meeting.pk).version == meeting.version


def test_a_move_goes_out_and_keeps_what_the_calendar_added(plan, sync, dav, bob):
    meeting = plan()
    sync()
    dav.put(
        get_path(meeting),
        dav.get(get_path(meeting)).replace("TRANSP:OPAQUE", "TRANSP:OPAQUE\nCOLOR:red").replace("\n", "\r\n"),
    )
    carry_out_on_activity(EditActivity("meeting", {"at": BEGINS + timedelta(hours=2)}), meeting, by=bob)
    sync()
    text = dav.get(get_path(meeting))
    assert f"DTSTART:{BEGINS + timedelta(hours=2):%Y%m%dT%H%M%SZ}" in text
    assert "COLOR:red" in text
    assert "SEQUENCE:1" in text


def test_a_deleted_meeting_goes_and_its_undo_brings_it_back(plan, sync, dav, bob):
    meeting = plan()
    sync()
    done = carry_out_on_activity(DeleteActivity("meeting"), meeting, by=bob)
    sync()
    assert dav.list_names() == []
    revert_operation(done, by=bob)
    sync()
    assert dav.list_names() == [get_path(meeting)]


def test_the_meetings_of_a_record_in_trash_go_and_come_back_with_it(plan, sync, dav, bob, ada, lead):
    meeting = plan()
    sync()
    carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=ada)
    sync()
    assert dav.list_names() == []
    carry_out(Restore(), Lead.objects.in_trash().filter(pk=lead.pk), by=ada)
    sync()
    assert dav.list_names() == [get_path(meeting)]


def test_a_completed_task_goes_and_a_moved_one_moves(make_task, sync, dav, bob):
    first, second = make_task(), make_task()
    sync()
    carry_out_on_tasks(CompleteTask(bob), [first.pk], by=bob)
    carry_out_on_tasks(RescheduleTask(BEGINS.date() + timedelta(days=1)), [second.pk], by=bob)
    sync()
    assert dav.list_names() == [get_path(second)]
    assert f"DTSTART:{BEGINS + timedelta(days=1):%Y%m%d}" in dav.get(get_path(second))


def test_a_meeting_that_is_moved_in_the_calendar_moves_here_and_those_invited_hear_it(plan, sync, dav, bob):
    meeting = plan(invited="ana@client.example")
    Invitation.objects.update(state="sent")
    sync()
    later = BEGINS + timedelta(days=1)
    dav.edit(
        get_path(meeting),
        DTSTART=f"{later:%Y%m%dT%H%M%SZ}",
        DTEND=f"{later + timedelta(hours=1):%Y%m%dT%H%M%SZ}",
    )
    sync()
    meeting.refresh_from_db()
    assert (meeting.at, meeting.minutes, meeting.subject) == (later, 60, "Demo")
    done = Operation.objects.latest("pk")
    assert (done.kind, done.by, done.channel) == ("change_calendar_meeting", bob, "system")
    assert Invitation.objects.latest("pk").at == later
    revert_operation(done, by=bob)
    sync()
    assert f"DTSTART:{BEGINS:%Y%m%dT%H%M%SZ}" in dav.get(get_path(meeting))


def test_a_meeting_and_a_task_that_are_deleted_in_the_calendar_are_deleted_here(
    plan, make_task, sync, dav, bob
):
    meeting, task = plan(), make_task()
    sync()
    dav.delete(get_path(meeting))
    dav.delete(get_path(task))
    sync()
    assert Activity.objects.get(pk=meeting.pk).deleted_at
    assert Task.objects.get(pk=task.pk).deleted_at
    revert_operation(Operation.objects.get(kind="cancel_calendar_meeting"), by=bob)
    sync()
    assert dav.list_names() == [get_path(meeting)]


def test_a_task_that_is_moved_in_the_calendar_gets_its_day_and_time_on_the_clock_of_its_user(
    make_task, sync, dav, bob
):
    bob.time_zone = "America/New_York"
    bob.save(update_fields=["time_zone"])
    task = make_task()
    sync()
    dav.edit(
        get_path(task),
        DTSTART=f"{BEGINS:%Y%m%d}T233000Z",
        DTEND=f"{BEGINS:%Y%m%d}T235900Z",
        SUMMARY="Call Ana – Acme",
    )
    sync()
    task.refresh_from_db()
    local = BEGINS.replace(hour=23, minute=30).astimezone(bob.zone)
    assert (task.due_on, task.due_time, task.title) == (local.date(), local.time(), "Call Ana")


@pytest.mark.parametrize("later", ["here", "there"])
def test_of_two_moves_the_later_one_counts(plan, sync, dav, bob, later):
    meeting = plan()
    sync()
    there, here = BEGINS + timedelta(hours=1), BEGINS + timedelta(hours=2)
    stamp = datetime.now(UTC) + timedelta(minutes=5 if later == "there" else -5)
    dav.edit(
        get_path(meeting),
        at=stamp,
        DTSTART=f"{there:%Y%m%dT%H%M%SZ}",
        DTEND=f"{there + timedelta(minutes=45):%Y%m%dT%H%M%SZ}",
    )
    carry_out_on_activity(EditActivity("meeting", {"at": here}), meeting, by=bob)
    sync()
    meeting.refresh_from_db()
    wanted = there if later == "there" else here
    assert meeting.at == wanted
    assert f"DTSTART:{wanted:%Y%m%dT%H%M%SZ}" in dav.get(get_path(meeting))


def test_what_is_moved_here_and_deleted_there_is_written_again(plan, sync, dav, bob):
    meeting = plan()
    sync()
    dav.delete(get_path(meeting))
    carry_out_on_activity(EditActivity("meeting", {"at": BEGINS + timedelta(hours=2)}), meeting, by=bob)
    sync()
    assert dav.list_names() == [get_path(meeting)]
    assert Activity.objects.get(pk=meeting.pk).deleted_at is None


@pytest.mark.parametrize("choice", ["keep", "delete"])
def test_disconnecting_keeps_or_deletes_what_was_written(plan, sync, dav, bob, calendar, choice, client):
    meeting = plan()
    dav.put(
        "own",
        dav.get("none")
        or "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:own\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20990101T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    )
    sync()
    client.force_login(bob)
    client.post("/confirm", {"password": "correct horse battery", "next": "/profile"})
    assert client.post("/profile/connected-calendar/remove", {"written": choice}).status_code == 302
    if choice == "delete":
        sync()
    assert not ConnectedCalendar.objects.exists()
    assert dav.list_names() == (["own"] if choice == "delete" else [get_path(meeting), "own"])


def test_a_calendar_that_is_connected_again_gets_nothing_twice(plan, sync, dav, bob, calendar, connect):
    meeting = plan()
    sync()
    calendar.delete()
    again = connect(dav, bob)
    sync(again)
    assert dav.list_names() == [get_path(meeting)]
    assert Activity.objects.count() == 1
    assert not mail.outbox


def test_what_was_written_about_an_erased_person_is_deleted_from_the_calendar(
    plan, sync, dav, ada, lead, django_capture_on_commit_callbacks
):
    plan()
    sync()
    with operation("test", by=None):
        Activity.objects.update(at=BEGINS - timedelta(days=20), outcome="")
    sync()
    assert len(dav.list_names()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(Person({"lead": [lead.pk]}), by=ada)
    sync()
    assert dav.list_names() == []
