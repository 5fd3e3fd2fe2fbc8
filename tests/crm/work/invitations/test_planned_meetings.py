"""Planned meetings: when they count as contacts, and how the timeline shows them."""

import re
from datetime import timedelta

import pytest

from crm.models import Activity, Operation
from crm.records.history.undo.undo_permission import get_undo_obstacle
from crm.work.invitations.meetings import write_past_meeting_contacts
from tests.crm.work.emails.emailing import told
from tests.crm.work.invitations.inviting import plan, work


@pytest.fixture
def meeting(browser, lead) -> Activity:
    """A planned meeting whose invitation has been sent."""
    plan(browser, lead)
    work()
    return Activity.objects.get()


def test_a_planned_meeting_counts_as_a_contact_once_it_is_over(bob, lead, meeting):
    lead.refresh_from_db()
    assert lead.last_contacted_at is None
    assert write_past_meeting_contacts(meeting.at + timedelta(minutes=44)) == 0
    assert write_past_meeting_contacts(meeting.at + timedelta(minutes=45)) == 1
    assert write_past_meeting_contacts(meeting.at + timedelta(minutes=45)) == 0
    lead.refresh_from_db()
    meeting.refresh_from_db()
    assert (lead.last_contacted_at, lead.last_contacted_by, meeting.outcome) == (meeting.at, "activity", "")
    ended = Operation.objects.get(kind="end_meetings")
    assert (ended.by, ended.channel, ended.changed, ended.table) == (None, "system", 1, "lead")
    assert "The meeting is over." in str(get_undo_obstacle(ended, bob))


def test_a_meeting_that_is_over_is_not_shown_as_edited(browser, lead, meeting):
    write_past_meeting_contacts(meeting.ends_at)
    page = told(browser.get(f"/admin/leads/{lead.pk}"))
    assert ">edited</a>" not in page
    assert re.search("logged a ([0-9]+-minute )?meeting", page)


def test_a_deleted_planned_meeting_never_counts(browser, lead, meeting):
    browser.post(f"/admin/leads/{lead.pk}/activities/{meeting.pk}/delete")
    assert write_past_meeting_contacts(meeting.ends_at) == 0
