"""Meetings that no one came to: who says so and when, what they no longer count as, and that each way to say it does the same."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from crm.models import Activity, Change, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from crm.work.activities.requirements import get_no_show_error, get_outcome_error
from crm.work.activities.verbs import EditActivity, carry_out_on_activity
from crm.work.invitations.meetings import write_past_meeting_contacts
from leads.models import Lead, ScoreRule
from leads.scores.counted_activities import build_had_activity
from tests.api.conftest import Program, make_token
from tests.crm.work.invitations.inviting import edit, in_days, plan

BEFORE, LATER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture
def meeting(browser, lead) -> Activity:
    """One of yesterday."""
    plan(browser, lead, at=in_days(-1), invite=None, invited="")
    return Activity.objects.get()


def mark(browser, meeting: Activity, **sent):
    return browser.post(f"/admin/leads/{meeting.record}/activities/{meeting.pk}/no-show", sent, follow=True)


def read_again(row):
    row.refresh_from_db()
    return row


@pytest.mark.parametrize(
    ("type", "outcome", "at", "problem"),
    [
        ("meeting", "", LATER, ""),
        ("meeting", "no_show", BEFORE, ""),
        ("meeting", "no_show", None, ""),
        ("meeting", "no_show", LATER, "The meeting hasn’t begun yet."),
        ("meeting", "planned", LATER, "Meetings don’t have this outcome."),
        ("meeting", "reached", BEFORE, "Meetings don’t have this outcome."),
        ("call", "reached", BEFORE, ""),
        ("call", "", BEFORE, ""),
        ("call", "no_show", BEFORE, "Calls don’t have this outcome."),
        ("call", "sent", BEFORE, "Calls don’t have this outcome."),
        ("note", "no_show", BEFORE, "Only calls and meetings have an outcome."),
        ("file", "reached", BEFORE, "Only calls and meetings have an outcome."),
    ],
)
def test_which_outcome_an_activity_can_be_given(type, outcome, at, problem):
    assert get_outcome_error(type, outcome, at) == problem


@pytest.mark.parametrize(
    ("type", "at", "problem"),
    [
        ("meeting", BEFORE, ""),
        ("meeting", LATER, "The meeting hasn’t begun yet."),
        ("call", BEFORE, "Only a meeting can be a no-show."),
    ],
)
def test_of_which_activity_people_say_whether_anyone_came(type, at, problem):
    assert get_no_show_error(Activity(type=type, at=at)) == problem


def test_a_meeting_that_no_one_came_to_is_no_contact_until_someone_says_that_it_was_held(
    browser, lead, meeting
):
    assert read_again(lead).last_contacted_at == lead.first_contacted_at == meeting.at
    page = mark(browser, meeting).text
    assert "Marked as a no-show." in page
    assert '<span class="chip">no-show</span>' in page
    assert read_again(meeting).outcome == "no_show"
    assert (read_again(lead).first_contacted_at, lead.last_contacted_at) == (None, None)
    assert "Marked as held." in mark(browser, meeting, off="1").text
    assert (read_again(meeting).outcome, read_again(lead).first_contacted_at) == ("", meeting.at)


def test_marking_can_be_undone_and_doing_it_twice_changes_nothing_more(browser, bob, lead, meeting):
    mark(browser, meeting)
    done = Operation.objects.latest("pk")
    assert (done.kind, done.changed) == ("edit_activity", 1)
    mark(browser, meeting)
    assert Operation.objects.latest("pk") == done
    revert_operation(done, by=bob)
    assert (read_again(meeting).outcome, read_again(lead).first_contacted_at) == ("", meeting.at)


def test_a_meeting_that_has_begun_can_be_marked_before_it_is_over_and_stays_so(browser, lead, meeting):
    with operation("test", by=None):
        Activity.objects.update(outcome="planned", minutes=60 * 24 * 2)
    mark(browser, meeting)
    assert write_past_meeting_contacts(meeting.at + timedelta(days=3)) == 0
    assert (read_again(meeting).outcome, read_again(lead).last_contacted_at) == ("no_show", None)


def test_a_meeting_of_tomorrow_and_a_note_are_refused_with_a_sentence(browser, lead):
    plan(browser, lead, at=in_days(1), invite=None, invited="")
    browser.post(f"/admin/leads/{lead.pk}/activities", {"type": "note", "text": "Hi"})
    before = Change.objects.count()
    for row, said in zip(
        Activity.objects.order_by("pk"), ["hasn’t begun yet", "can be a no-show"], strict=True
    ):
        assert said in mark(browser, row).text
    assert Change.objects.count() == before


def test_only_who_may_change_a_meeting_says_whether_anyone_came(sign_in, browser, sofia, dan, lead, meeting):
    plan(browser, lead, at=in_days(1), invite=None, invited="")
    for row in Activity.objects.all():
        path = f"/admin/leads/{lead.pk}/activities/{row.pk}/no-show"
        assert sign_in(sofia).post(path).status_code == 403
        assert sign_in(dan).post(path).status_code == 404
    assert not Activity.objects.filter(outcome="no_show").exists()


def test_a_meeting_that_was_moved_to_later_in_the_meantime_is_not_marked(browser, bob, meeting):
    seen = Activity.objects.get()
    edit(browser, meeting, at=in_days(1), invite=None, invited="")
    verb = EditActivity(seen.type, {"outcome": "no_show"}, tell=False)
    assert carry_out_on_activity(verb, seen, by=bob).pk is None
    assert read_again(meeting).outcome == "planned"


@pytest.mark.parametrize(("days", "outcome"), [(-2, "no_show"), (3, "planned")])
def test_a_no_show_that_is_moved_stays_one_unless_it_is_planned_again(browser, meeting, days, outcome):
    mark(browser, meeting)
    edit(browser, meeting, at=in_days(days), invite=None, invited="")
    assert (read_again(meeting).outcome, meeting.at) == (outcome, in_days(days))


def test_a_no_show_whose_text_is_edited_stays_one(browser, meeting):
    mark(browser, meeting)
    edit(browser, meeting, text="They didn’t call either.", invite=None, invited="")
    assert (read_again(meeting).outcome, meeting.text) == ("no_show", "They didn’t call either.")


def test_the_timeline_offers_it_for_meetings_that_have_begun(browser, lead, meeting):
    plan(browser, lead, at=in_days(1), invite=None, invited="")
    assert browser.get(f"/admin/leads/{lead.pk}").text.count("/no-show") == 1


def test_programs_say_it_as_the_page_does(bob, browser, lead, meeting):
    program = Program(make_token(bob), "Authorization", "Bearer ")
    path = f"/api/v2/activities/{meeting.pk}"
    for sent, outcome, contacted in [
        ({"outcome": "no_show"}, "no_show", None),
        ({"text": "No one"}, "no_show", None),
        ({"outcome": ""}, "", meeting.at),
    ]:
        program.patch(path, sent)
        assert (read_again(meeting).outcome, read_again(lead).last_contacted_at) == (outcome, contacted)
    plan(browser, lead, at=in_days(1), invite=None, invited="")
    planned = Activity.objects.latest("pk")
    refused = program.patch(f"/api/v2/activities/{planned.pk}", {"outcome": "no_show"}, expect=422)
    assert "hasn’t begun yet" in str(refused)
    assert read_again(planned).outcome == "planned"


def test_a_rule_of_scores_does_not_count_it(browser, lead, meeting):
    with operation("test", by=None):
        Lead.objects.update(status_since=timezone.now())

    def is_counted() -> bool:
        return Lead.objects.filter(build_had_activity(ScoreRule.Counts.MEETING)).exists()

    assert is_counted()
    mark(browser, meeting)
    assert not is_counted()
