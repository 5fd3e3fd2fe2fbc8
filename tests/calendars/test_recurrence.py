"""Series with exceptions, and the nights on which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from calendars.events.event_parser import parse_event
from calendars.models import EventTime
from crm.models import Activity
from crm.work.activities.verbs import DeleteActivity, EditActivity, carry_out_on_activity
from tests.calendars.serving import build_event, build_file

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Europe/Bucharest")
DAY = date.today() + timedelta(days=7)
FIRST = datetime.combine(DAY, time(10), ZONE)
ANA = "ATTENDEE:mailto:ana@client.example"


def in_zone(moment: datetime) -> str:
    return f";TZID=Europe/Bucharest:{moment:%Y%m%dT%H%M%S}"


def week(number: int, hour: int = 10) -> datetime:
    return datetime.combine(DAY + timedelta(weeks=number), time(hour), ZONE)


def a_series(*more: str, rule: str = "RRULE:FREQ=WEEKLY;COUNT=4") -> str:
    return build_event(
        "s", in_zone(FIRST), in_zone(FIRST + timedelta(hours=1)), rule, ANA, *more, title="Weekly"
    )


def with_exception(text: str, *lines: str) -> str:
    exception = [
        "BEGIN:VEVENT",
        "UID:s",
        "DTSTAMP:20260101T000000Z",
        "SUMMARY:Weekly",
        ANA,
        *lines,
        "END:VEVENT",
    ]
    return text.replace("END:VCALENDAR", "\r\n".join([*exception, "END:VCALENDAR"]))


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Acme", owner=bob, email="ana@client.example")


def get_meetings() -> list[datetime]:
    return sorted(Activity.objects.present().values_list("at", flat=True))


def test_each_time_of_a_series_is_a_meeting_at_its_hour_on_the_clock(lead, dav, sync):
    dav.put("s", a_series())
    sync()
    assert get_meetings() == [week(number) for number in range(4)]


def test_an_exception_moves_its_meeting_and_an_excluded_one_has_none(lead, dav, sync):
    dav.put("s", a_series())
    sync()
    ids = dict(Activity.objects.values_list("at", "pk"))
    text = a_series(f"EXDATE{in_zone(week(2))}")
    moved = [
        f"RECURRENCE-ID{in_zone(week(1))}",
        f"DTSTART{in_zone(week(1, 15))}",
        f"DTEND{in_zone(week(1, 16))}",
    ]
    dav.put("s", with_exception(text, *moved))
    sync()
    assert get_meetings() == [week(0), week(1, 15), week(3)]
    assert Activity.objects.get(at=week(1, 15)).pk == ids[week(1)]


def test_a_canceled_time_of_a_series_cancels_its_meeting_alone(lead, dav, sync):
    dav.put("s", a_series())
    sync()
    canceled = [
        f"RECURRENCE-ID{in_zone(week(1))}",
        f"DTSTART{in_zone(week(1))}",
        f"DTEND{in_zone(week(1, 11))}",
        "STATUS:CANCELLED",
    ]
    dav.put("s", with_exception(a_series(), *canceled))
    sync()
    assert get_meetings() == [week(0), week(2), week(3)]


def test_one_meeting_that_is_moved_here_becomes_an_exception_of_its_series(lead, dav, sync, bob):
    dav.put("s", a_series())
    sync()
    meeting = Activity.objects.get(at=week(1))
    carry_out_on_activity(EditActivity("meeting", {"at": week(1, 15)}), meeting, by=bob)
    sync()
    text = dav.get("s")
    assert text.count("BEGIN:VEVENT") == 2
    assert f"RECURRENCE-ID{in_zone(week(1))}" in text
    assert f"DTSTART{in_zone(week(1, 15))}" in text
    sync()
    assert get_meetings() == [week(0), week(1, 15), week(2), week(3)]


def test_one_meeting_that_is_deleted_here_is_excluded_from_its_series(lead, dav, sync, bob):
    dav.put("s", a_series())
    sync()
    carry_out_on_activity(DeleteActivity("meeting"), Activity.objects.get(at=week(1)), by=bob)
    carry_out_on_activity(DeleteActivity("meeting"), Activity.objects.get(at=week(3)), by=bob)
    sync()
    text = dav.get("s")
    assert f"EXDATE{in_zone(week(1))}" in text
    assert f"EXDATE{in_zone(week(3))}" in text
    sync()
    assert get_meetings() == [week(0), week(2)]
    assert EventTime.objects.count() == 2


def test_an_endless_series_is_known_for_a_year_and_read_again_after_a_month(lead, dav, sync, calendar):
    dav.put("s", a_series(rule="RRULE:FREQ=WEEKLY"))
    sync()
    number = EventTime.objects.count()
    assert 50 < number < 60
    assert len(get_meetings()) < 14
    calendar.events.update(read_at=datetime.now(UTC) - timedelta(days=31))
    EventTime.objects.order_by("-begins").first().delete()
    sync()
    assert EventTime.objects.count() == number


# The clocks go forward on March 28, 2027 at 3:00 and back on October 31 at 4:00.
NIGHTS = {
    "before, on and after the night of spring": (
        "20270327T100000",
        "FREQ=DAILY;COUNT=3",
        ["2027-03-27T08:00", "2027-03-28T07:00", "2027-03-29T07:00"],
    ),
    "before, on and after the night of autumn": (
        "20271030T100000",
        "FREQ=DAILY;COUNT=3",
        ["2027-10-30T07:00", "2027-10-31T08:00", "2027-11-01T08:00"],
    ),
    "in the hour that doesn't exist": (
        "20270327T033000",
        "FREQ=DAILY;COUNT=3",
        ["2027-03-27T01:30", "2027-03-28T01:30", "2027-03-29T00:30"],
    ),
    "in the hour that comes twice": (
        "20271030T033000",
        "FREQ=DAILY;COUNT=3",
        ["2027-10-30T00:30", "2027-10-31T00:30", "2027-11-01T01:30"],
    ),
}


@pytest.mark.parametrize(("start", "rule", "moments"), NIGHTS.values(), ids=NIGHTS)
def test_a_series_keeps_its_hour_across_a_change_of_the_clocks(start, rule, moments):
    text = build_event("n", f";TZID=Europe/Bucharest:{start}", "", f"RRULE:{rule}", "DURATION:PT1H")
    now = datetime(2027, 3, 1, tzinfo=UTC)
    found = parse_event(text, "Europe/Bucharest", now, now + timedelta(days=400))["times"]
    assert [one["begins"][:16] for one in found] == moments
    assert all(
        datetime.fromisoformat(one["ends"]) - datetime.fromisoformat(one["begins"]) == timedelta(hours=1)
        for one in found
    )


def test_days_of_a_duration_are_days_of_the_clock():
    text = build_event("n", ";TZID=Europe/Bucharest:20270327T120000", "", "DURATION:P1D")
    now = datetime(2027, 3, 1, tzinfo=UTC)
    one = parse_event(text, "Europe/Bucharest", now, now + timedelta(days=400))["times"][0]
    assert (one["begins"][:16], one["ends"][:16]) == ("2027-03-27T10:00", "2027-03-28T09:00")


def test_a_time_without_a_zone_is_on_the_clock_of_the_user_and_a_zone_of_its_own_is_read():
    now = datetime(2027, 3, 1, tzinfo=UTC)
    floating = build_event("n", ":20270601T100000")
    assert (
        parse_event(floating, "Europe/Bucharest", now, now)["times"][0]["begins"][:16] == "2027-06-01T07:00"
    )
    zone = [
        "BEGIN:VTIMEZONE",
        "TZID:Our own time",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0530",
    ]
    zone += ["TZOFFSETTO:+0530", "END:STANDARD", "END:VTIMEZONE"]
    event = [
        "BEGIN:VEVENT",
        "UID:n",
        "DTSTAMP:20270101T000000Z",
        "DTSTART;TZID=Our own time:20270601T100000",
        "END:VEVENT",
    ]
    own = build_file([*zone, *event])
    assert parse_event(own, "Europe/Bucharest", now, now)["times"][0]["begins"][:16] == "2027-06-01T04:30"
