"""What an entry of the calendar looks like in HTML."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from crm.work.tasks.calendar.calendar_entries import BusyTime, CalendarEntry
from crm.work.tasks.calendar.entry_rendering import EntryLines

DAY = date(2031, 3, 5)


def draw(viewer, what, record, **values) -> str:
    entry = CalendarEntry(what, {(what.of, what.record): record}, DAY, **{"clock": time(9, 5)} | values)
    return EntryLines(viewer).render([(entry, "")])


def test_what_users_wrote_is_text(sign_in, bob, ann, make_lead, plan, meet):
    record = make_lead("<b>Jan</b>", owner=bob)
    type(ann).objects.filter(pk=ann.pk).update(name="<i>Ann</i>")
    plan(record, "<script>", DAY, user=ann)
    meet(record, "Demo's <u>", datetime(2031, 3, 5, 10, tzinfo=UTC))
    for view in ("week", "month"):
        page = sign_in(bob).get(f"/admin/tasks/calendar?user=all&day=2031-03-05&view={view}").content.decode()
        for written in ("&lt;b&gt;Jan", "&lt;i&gt;Ann", "&lt;script&gt;</a>", "&lt;u&gt;</a>"):
            assert written in page
        for wrong in ("<b>Jan", "<i>Ann", "<script>", "<u>"):
            assert wrong not in page


def test_only_what_the_reader_may_change_can_be_moved_and_completed(bob, lead, plan):
    task = plan(lead, "Call", DAY)
    free = draw(bob, task, lead, may_change=True)
    assert f'data-entry="task-{task.pk}" data-due="2031-03-05" data-clock="09:05" data-version="1"' in free
    assert f'data-task="{task.pk}"' in free
    assert f'name="one" value="{task.pk}" aria-label="Complete “Call” of Jan Novák"' in free
    fixed = draw(bob, task, lead)
    assert "data-entry" not in fixed
    assert "<button" not in fixed


OFFERS = {
    "not said yet": ("planned", True, (1, 1, 1)),
    "held": ("", True, (0, 0, 1)),
    "someone who may not say it": ("planned", False, (0, 0, 0)),
}


@pytest.mark.parametrize(("outcome", "may_change", "offered"), OFFERS.values(), ids=OFFERS)
def test_whether_anyone_came_is_asked_of_those_who_may_say_it(bob, lead, meet, outcome, may_change, offered):
    meeting = meet(lead, "Demo", timezone.now() - timedelta(hours=1), outcome=outcome)
    drawn = draw(bob, meeting, lead, may_change=may_change)
    asked = ("Did it take place?", "data-held", "data-no-show")
    assert tuple(drawn.count(part) for part in asked) == offered


def test_a_no_show_says_so_and_can_be_taken_back_alone(bob, lead, meet):
    meeting = meet(lead, "Demo", timezone.now() - timedelta(hours=1), outcome="no_show")
    drawn = draw(bob, meeting, lead, may_change=True)
    assert "data-missed" in drawn
    assert "<span>No-show ·</span> Jan Novák" in drawn
    assert (drawn.count("data-held"), drawn.count("data-no-show")) == (1, 0)


def test_a_colleagues_entry_names_them_and_ones_own_names_no_one(bob, ann, lead, plan):
    task = plan(lead, "Call", DAY)
    assert f"· {bob.name}" in draw(ann, task, lead)
    assert "·" not in draw(bob, task, lead)
    assert "· Unassigned" in draw(bob, plan(lead, "Call", DAY, user=None), lead)


def test_a_meeting_without_a_subject_is_called_like_its_record_once(bob, lead, meet):
    drawn = draw(bob, meet(lead, "", datetime(2031, 3, 5, 10, tzinfo=UTC)), lead)
    assert drawn.count("Jan Novák") == 1


def test_a_busy_time_says_nothing_more(bob):
    drawn = EntryLines(bob).render([(BusyTime(DAY, time(9), 30, time(9, 30)), 'data-hour="1"')])
    assert "<b>09:00–09:30</b> Busy" in drawn
    assert "<a" not in drawn
