"""Events with people whom Leadwell knows come in as meetings on their records; everything else stays private."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from accounts.free_busy.free_times import get_user_times
from accounts.free_busy.time_spans import Span
from calendars.models import EventTime
from crm.models import Activity, Invitation, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete
from crm.work.activities.verbs import DeleteActivity, EditActivity, carry_out_on_activity
from leads.models import Lead
from tests.calendars.serving import build_event, format_moment

pytestmark = pytest.mark.django_db
BEGINS = (datetime.now(UTC) + timedelta(days=10)).replace(hour=9, minute=0, second=0, microsecond=0)
ANA = "ATTENDEE;CN=Ana:mailto:Ana@Client.example"
BY_BOB, BY_ANA = "ORGANIZER:mailto:bob@example.com", "ORGANIZER:mailto:ana@client.example"


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Acme", owner=bob, email="ana@client.example")


@pytest.fixture
def arrive(lead, dav, sync):
    """An event with Ana comes in as a meeting."""

    def arrived(*lines, **values) -> Activity:
        dav.put("a", build_event("a", BEGINS, "", ANA, *(lines or (BY_BOB,)), **values))
        sync()
        return Activity.objects.latest("pk")

    return arrived


def is_busy(user) -> bool:
    period = Span(BEGINS - timedelta(hours=2), BEGINS + timedelta(hours=6))
    return bool(get_user_times([user], period)[user.pk].busy)


def test_an_event_with_a_lead_becomes_a_planned_meeting_on_its_record(arrive, lead, bob):
    meeting = arrive("LOCATION:Room 5", BY_BOB)
    assert (meeting.of, meeting.record, meeting.type, meeting.outcome) == (
        "lead",
        lead.pk,
        "meeting",
        "planned",
    )
    assert (meeting.subject, meeting.place, meeting.at, meeting.minutes) == ("Demo", "Room 5", BEGINS, 60)
    assert (meeting.created_by, meeting.invited) == (bob, "")
    done = Operation.objects.latest("pk")
    assert (done.kind, done.by, done.table, done.channel) == ("add_calendar_meeting", bob, "lead", "system")
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_the_page_of_the_record_names_whose_calendar_it_came_from(arrive, lead, client, ann):
    arrive()
    client.force_login(ann)
    assert "From Bob’s calendar." in client.get(lead.get_absolute_url()).text
    done = Operation.objects.get(kind="add_calendar_meeting")
    assert "Meeting from Bob’s calendar" in client.get(f"/admin/operations/{done.pk}").text


def test_the_same_events_again_add_nothing(arrive, sync, calendar):
    arrive()
    calendar.refresh_from_db()
    calendar.cursor = ""
    calendar.save()
    sync()
    calendar.events.update(etag="other")
    sync()
    assert Activity.objects.count() == 1
    assert Activity.objects.get().version == 1


def test_two_events_that_look_the_same_become_two_meetings(arrive, dav, sync):
    arrive()
    dav.put("b", build_event("b", BEGINS, "", ANA, BY_BOB))
    sync()
    assert Activity.objects.count() == 2
    assert EventTime.objects.filter(activity__isnull=False).count() == 2


@pytest.mark.parametrize(
    "lines",
    [
        ("CLASS:PRIVATE",),
        ("CLASS:CONFIDENTIAL",),
        ("STATUS:CANCELLED",),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.com",),
    ],
    ids=["private", "confidential", "canceled", "declined"],
)
def test_an_event_that_is_private_canceled_or_declined_does_not_come_in(lead, dav, sync, lines):
    dav.put("a", build_event("a", BEGINS, "", ANA, BY_BOB, *lines))
    sync()
    assert not Activity.objects.exists()


def test_an_event_of_the_past_does_not_come_in(lead, dav, sync):
    dav.put("a", build_event("a", BEGINS - timedelta(days=20), "", ANA))
    sync()
    assert not Activity.objects.exists()


def test_a_record_that_the_user_does_not_see_stays_unknown(make_lead, dan, dav, sync, bob, departments):
    make_lead("Hidden", owner=dan, department=departments.export, email="ana@client.example")
    dav.put("a", build_event("a", BEGINS, "", ANA))
    sync()
    assert not Activity.objects.exists()
    assert is_busy(bob)


def test_the_user_alone_is_no_known_person(make_lead, bob, dav, sync):
    make_lead("Bob himself", owner=bob, email=bob.email)
    dav.put("a", build_event("a", BEGINS, "", "ATTENDEE:mailto:bob@example.com"))
    sync()
    assert not Activity.objects.exists()


def test_what_leadwell_has_invited_to_does_not_come_in_a_second_time(lead, dav, sync, settings, bob):
    from crm.platform.web.calendar_files import get_site_host

    dav.put("a", build_event(f"meeting-abc@{get_site_host()}", BEGINS, "", ANA))
    sync()
    assert not Activity.objects.exists()
    assert not is_busy(bob)


def test_a_meeting_moves_and_is_canceled_with_its_event(arrive, dav, sync, lead):
    meeting = arrive()
    later = BEGINS + timedelta(hours=3)
    dav.edit(
        "a",
        DTSTART=format_moment(later),
        DTEND=format_moment(later + timedelta(hours=2)),
        SUMMARY="Second demo",
    )
    sync()
    meeting.refresh_from_db()
    assert (meeting.at, meeting.minutes, meeting.subject) == (later, 120, "Second demo")
    dav.edit("a", STATUS="CANCELLED")
    sync()
    meeting.refresh_from_db()
    assert meeting.deleted_at
    assert [one.kind for one in Operation.objects.filter(table="lead").order_by("pk")][-3:] == [
        "add_calendar_meeting",
        "change_calendar_meeting",
        "cancel_calendar_meeting",
    ]


def test_a_deleted_event_cancels_its_meeting_and_the_undo_writes_it_again(arrive, dav, sync, bob):
    meeting = arrive()
    dav.delete("a")
    sync()
    meeting.refresh_from_db()
    assert meeting.deleted_at
    revert_operation(Operation.objects.get(kind="cancel_calendar_meeting"), by=bob)
    sync()
    assert dav.list_names() == [f"leadwell-planned-{meeting.pk}"]
    assert Activity.objects.count() == 1


def test_a_meeting_that_is_over_stays_when_its_event_is_deleted(arrive, dav, sync):
    meeting = arrive()
    with operation("test", by=None):
        Activity.objects.update(at=BEGINS - timedelta(days=30), outcome="")
    dav.delete("a")
    sync()
    assert Activity.objects.get(pk=meeting.pk).deleted_at is None


def test_a_move_here_moves_the_event_of_its_organizer_and_keeps_the_rest(arrive, dav, sync, bob):
    meeting = arrive("DESCRIPTION:Bring slides", BY_BOB)
    carry_out_on_activity(EditActivity("meeting", {"at": BEGINS + timedelta(hours=1)}), meeting, by=bob)
    sync()
    text = dav.get("a")
    assert f"DTSTART:{format_moment(BEGINS + timedelta(hours=1))}" in text
    assert "SUMMARY:Demo\n" in text
    assert "ana@client.example" in text.lower()
    assert "DESCRIPTION:Bring slides" in text
    sync()
    assert Activity.objects.count() == 1


def test_a_meeting_that_someone_else_organizes_goes_back_to_its_time(arrive, dav, sync, bob):
    meeting = arrive(BY_ANA)
    before = dav.get("a")
    carry_out_on_activity(EditActivity("meeting", {"at": BEGINS + timedelta(hours=1)}), meeting, by=bob)
    sync()
    meeting.refresh_from_db()
    assert meeting.at == BEGINS
    assert dav.get("a") == before


def test_an_organizer_who_changes_keeps_the_meeting(arrive, dav, sync, bob):
    meeting = arrive(BY_ANA)
    dav.edit("a", ORGANIZER="mailto:bob@example.com")
    sync()
    carry_out_on_activity(EditActivity("meeting", {"at": BEGINS + timedelta(hours=1)}), meeting, by=bob)
    sync()
    assert f"DTSTART:{format_moment(BEGINS + timedelta(hours=1))}" in dav.get("a")
    assert Activity.objects.count() == 1


def test_a_meeting_that_is_deleted_here_takes_the_event_of_its_organizer_along(arrive, dav, sync, bob):
    meeting = arrive()
    carry_out_on_activity(DeleteActivity("meeting"), meeting, by=bob)
    sync()
    assert dav.list_names() == []


def test_deleting_a_meeting_that_someone_else_organizes_does_not_decline_it(arrive, dav, sync, bob):
    meeting = arrive(BY_ANA)
    carry_out_on_activity(DeleteActivity("meeting"), meeting, by=bob)
    sync()
    dav.edit("a", SUMMARY="New title")
    sync()
    assert dav.list_names() == ["a"]
    assert Activity.objects.present().count() == 0
    assert is_busy(bob)


def test_an_undo_of_the_meeting_leaves_the_event_in_the_calendar(arrive, dav, sync, bob):
    arrive()
    revert_operation(Operation.objects.get(kind="add_calendar_meeting"), by=bob)
    sync()
    dav.edit("a", SUMMARY="New title")
    sync()
    assert dav.list_names() == ["a"]
    assert Activity.objects.present().count() == 0
    assert is_busy(bob)


def test_trash_leaves_the_users_own_event_in_the_calendar(arrive, dav, sync, lead, ada, bob):
    arrive()
    carry_out(Delete(), Lead.objects.filter(pk=lead.pk), by=ada)
    sync()
    assert dav.list_names() == ["a"]
    assert is_busy(bob)


def test_one_event_in_the_calendars_of_two_colleagues_is_one_meeting(
    arrive, radicale, connect, sync, ben, lead
):
    arrive()
    other = radicale.make_calendar()
    with operation("test", by=None):
        Lead.objects.update(owner=ben)
    other.put("b", build_event("a", BEGINS, "", ANA, BY_BOB))
    sync(connect(other, ben))
    assert Activity.objects.count() == 1


def test_a_calendar_that_is_connected_again_finds_the_meetings_it_brought(
    arrive, dav, sync, calendar, connect, bob
):
    meeting = arrive()
    calendar.delete()
    sync(connect(dav, bob))
    assert Activity.objects.count() == 1
    assert EventTime.objects.get().activity == meeting.pk
    assert dav.list_names() == ["a"]


def test_an_event_that_gets_another_path_keeps_its_meeting(arrive, dav, sync):
    arrive()
    text = dav.get("a")
    dav.delete("a")
    dav.put("moved", text.replace("\n", "\r\n"))
    sync()
    meeting = Activity.objects.get()
    assert meeting.deleted_at is None
    assert EventTime.objects.get().event.path.endswith("moved.ics")


def test_someone_who_may_only_see_the_record_gets_no_meeting_on_it(lead, dav, sync, bob):
    for role in bob.groups.all():
        role.permissions.remove(*role.permissions.filter(codename="change_lead"))
    dav.put("b", build_event("b", BEGINS, "", ANA))
    sync()
    assert not Activity.objects.exists()
    assert is_busy(bob)


def test_a_lead_that_the_user_sees_and_may_not_change_gets_no_meeting(lead, dav, sync, bob):
    with operation("test", by=None):
        Lead.objects.update(owner=None)
    assert Lead.objects.visible_to(bob).exists()
    assert not Lead.objects.changeable_by(bob).exists()
    dav.put("a", build_event("a", BEGINS, "", ANA))
    sync()
    assert not Activity.objects.exists()
    assert is_busy(bob)
