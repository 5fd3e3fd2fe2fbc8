"""What others changed on a user's leads since yesterday, on the start page: whose changes, of which leads, in which words."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from crm.models import Activity, Change
from crm.platform.web.start_page.start_page_parts import get_parts
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete
from leads.models import Lead
from leads.start_page import recent_changes
from leads.start_page.recent_changes import get_recent_changes, get_start_of_yesterday
from leads.verbs import Move, SetVip
from tests.reading import close_up

PAGE = "/admin/today/deferred"


def part(user, name: str):
    return next(part for part in get_parts(user) if part.name == name)


def told(user) -> list[str]:
    """The lines about changes: "Jan Novák: Ann changed VIP + 2"."""
    found = []
    for line in part(user, "changed").lines:
        more = f" + {line.count_text}" if line.more else ""
        found.append(f"{line.lead}: {line.actor_name} {line.what.words}{more}")
    return found


def test_a_change_by_a_colleague_is_told_in_the_words_of_the_timeline(
    sign_in, bob, old_lead, acted_on, statuses
):
    lead = old_lead()
    acted_on(lead, Move(statuses.contacted), minutes=130)
    assert told(bob) == ["Jan Novák: Ann moved this lead"]
    text = close_up(sign_in(bob).get(PAGE).text)
    assert "Ann moved this lead" in text
    assert "Contacted</span>" in text


def test_each_lead_has_one_line_with_its_newest_change_and_how_many_more(bob, old_lead, acted_on, statuses):
    first, second = old_lead(), old_lead("Ion Pop")
    acted_on(first, minutes=50)
    acted_on(first, Move(statuses.contacted), minutes=40)
    acted_on(second, minutes=30)
    acted_on(first, minutes=20)
    assert told(bob) == ["Jan Novák: Ann changed VIP + 2", "Ion Pop: Ann changed VIP"]


def test_many_changes_of_one_lead_are_not_counted(bob, old_lead, acted_on, monkeypatch):
    monkeypatch.setattr(recent_changes, "COUNTED", 1)
    lead = old_lead()
    acted_on(lead)
    acted_on(lead)
    assert told(bob) == ["Jan Novák: Ann changed VIP + 1+"]


def test_own_changes_and_those_of_the_leads_of_others_are_no_news(bob, ben, old_lead, acted_on):
    acted_on(old_lead(), by=bob)
    acted_on(old_lead("Ben’s Lead", owner=ben))
    acted_on(old_lead("No one’s Lead", owner=None))
    assert told(bob) == []
    assert told(ben) == ["Ben’s Lead: Ann changed VIP"]


def test_a_lead_in_trash_and_one_that_was_given_away_are_no_news(bob, ben, ann, old_lead, acted_on):
    binned, given = old_lead(), old_lead("Ion Pop")
    acted_on(binned)
    acted_on(given)
    carry_out(Delete(), Lead.objects.filter(pk=binned.pk), by=ann)
    with operation("test", by=ann):
        Lead.objects.filter(pk=given.pk).update(owner=ben)
    assert told(bob) == []


def test_notes_of_others_are_told_and_own_notes_are_not(sign_in, ann, bob, old_lead):
    lead, other = old_lead(), old_lead("Ion Pop")
    sign_in(ann).post(f"/admin/leads/{lead.pk}/activities", {"type": "note", "text": "Wants two"})
    sign_in(bob).post(f"/admin/leads/{other.pk}/activities", {"type": "note", "text": "Wants three"})
    assert told(bob) == ["Jan Novák: Ann wrote a note"]
    with operation("test", by=ann):
        Activity.objects.filter(record=lead.pk).update(deleted_at=timezone.now())
    assert told(bob) == []


def test_a_call_of_a_colleague_is_one_line_with_the_time_of_contact_that_it_changed(
    sign_in, ann, bob, old_lead
):
    lead = old_lead()
    call = {"type": "call", "text": "Calls back", "outcome": "reached"}
    sign_in(ann).post(f"/admin/leads/{lead.pk}/activities", call)
    assert told(bob) == ["Jan Novák: Ann logged a call"]


def test_the_newest_ten_leads_are_shown(bob, old_lead, acted_on):
    leads = [old_lead(f"Lead {number}") for number in range(12)]
    for minutes, lead in enumerate(leads):
        acted_on(lead, minutes=minutes)
    assert [str(line.lead) for line in part(bob, "changed").lines] == [
        f"Lead {number}" for number in range(10)
    ]


@pytest.mark.parametrize(
    ("zone", "now", "since"),
    [
        ("UTC", "2026-11-22T00:05+00:00", "2026-11-21T00:00+00:00"),
        ("Europe/Bucharest", "2026-11-21T22:30+00:00", "2026-11-20T22:00+00:00"),
        ("America/New_York", "2026-11-22T04:30+00:00", "2026-11-20T05:00+00:00"),
        # The clocks went back in the night before.
        ("Europe/Bucharest", "2026-10-26T10:00+00:00", "2026-10-24T21:00+00:00"),
    ],
)
def test_yesterday_begins_at_midnight_in_the_time_zone_of_the_user(monkeypatch, zone, now, since):
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromisoformat(now))
    with timezone.override(zone):
        assert get_start_of_yesterday() == datetime.fromisoformat(since)


def test_what_changed_before_midnight_of_yesterday_is_no_news(bob, old_lead, acted_on):
    lead = old_lead()
    acted_on(lead, minutes=10)
    at = Change.objects.of_row("lead", lead.pk).latest("at").at
    assert [str(line.lead) for line in get_recent_changes(bob, at, 10)] == ["Jan Novák"]
    assert get_recent_changes(bob, at + timedelta(microseconds=1), 10) == []


@pytest.mark.parametrize("bound", ["OPERATIONS", "LEADS"])
def test_each_of_the_two_searches_finds_the_lead_alone(bob, old_lead, acted_on, monkeypatch, bound):
    """One goes through the last operations, the other through the newest leads."""
    acted_on(old_lead())
    number = getattr(recent_changes, bound)
    assert f"LIMIT {number}" in recent_changes.NEWEST
    monkeypatch.setattr(
        recent_changes, "NEWEST", recent_changes.NEWEST.replace(f"LIMIT {number})", "LIMIT 0)")
    )
    assert told(bob) == ["Jan Novák: Ann changed VIP"]


def test_a_large_operation_does_not_hide_what_a_colleague_did_before(
    bob, ann, old_lead, acted_on, monkeypatch
):
    """Only the last changes of each operation are looked at."""
    short = recent_changes.NEWEST.replace(f"LIMIT {recent_changes.CHANGES_OF_ONE})", "LIMIT 1)")
    monkeypatch.setattr(recent_changes, "NEWEST", short.replace(f"LIMIT {recent_changes.LEADS})", "LIMIT 0)"))
    leads = [old_lead(f"Lead {number}") for number in range(3)]
    acted_on(leads[0], minutes=5)
    carry_out(SetVip(True), Lead.objects.filter(pk__in=[lead.pk for lead in leads[1:]]), by=ann)
    assert [str(line.lead) for line in part(bob, "changed").lines] == ["Lead 2", "Lead 0"]
