"""First contacts against the limits of sources and departments."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Department
from crm.records.history.verb_execution import operation
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD
from leads.models import Source
from reports.display.record_lines import format_moment
from reports.engine.progress_derivation import find_wrong_leads, store_progress_of_changes
from reports.engine.question import parse_question
from reports.late_lines import build_late_lines
from reports.models import CurrentProgress
from tests.reports.conftest import utc

STATES = (
    "measure=with_limit&measure=contacted_in_time&measure=contacted_late&measure=contact_overdue"
    "&measure=contact_waiting&measure=contact_closed&measure=in_time_rate&period=all"
)


@pytest.fixture
def limited(sources):
    with operation("test", by=None):
        Source.objects.filter(pk=sources.website.pk).update(contact_within=120)


@pytest.fixture
def leads(make_lead, limited):
    """Two contacted in time, of which one was added on a Friday night and contacted on Monday; one contacted late, one new and
    overdue, one new since just now, one lost without a contact, and one of a source without a limit."""
    wednesday, friday = utc("2026-05-06 09:00"), utc("2026-05-08 20:00")
    return {
        "in time": make_lead("A", created_at=wednesday, first_contacted_at=utc("2026-05-06 10:30")),
        "on monday": make_lead("B", created_at=friday, first_contacted_at=utc("2026-05-11 06:30")),
        "late": make_lead("C", created_at=wednesday, first_contacted_at=utc("2026-05-08 09:00")),
        "overdue": make_lead("D", created_at=wednesday),
        "waiting": make_lead("E", created_at=timezone.now()),
        "closed": make_lead("F", created_at=wednesday, status="disqualified"),
        "without": make_lead("G", created_at=wednesday, source="referral"),
    }


def test_leads_with_a_limit_are_contacted_in_time_or_late_or_not_yet(leads, asked, numbers, ada):
    assert numbers(asked(f"{STATES}&by=source", ada)) == {"Website": (6, 2, 1, 1, 1, 1, 50)}


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("with_limit", {"in time", "on monday", "late", "overdue", "waiting", "closed"}),
        ("contacted_in_time", {"in time", "on monday"}),
        ("contacted_late", {"late"}),
        ("contact_overdue", {"overdue"}),
        ("contact_waiting", {"waiting"}),
        ("contact_closed", {"closed"}),
    ],
)
def test_each_number_leads_to_exactly_its_leads(leads, asked, listed, ada, part, names):
    found = asked(STATES, ada)
    assert listed(found, found.total, part, ada) == {leads[name].pk for name in names}


def test_only_leads_of_the_period_count(leads, asked, ada):
    found = asked("measure=with_limit&period=between&from=2026-05-07&to=2026-05-09", ada)
    assert found.total.get_count("with_limit") == 1


def test_the_limit_of_a_department_counts_for_sources_without_one(make_lead, departments, asked, ada):
    with operation("test", by=None):
        Department.objects.filter(pk=departments.sales.pk).update(contact_within=60)
    make_lead("A", created_at=utc("2026-05-06 09:00"), first_contacted_at=utc("2026-05-06 09:50"))
    assert asked(STATES, ada).total.parts["contacted_in_time"] == 1


def test_leads_of_another_department_do_not_count(leads, asked, carla):
    assert asked(STATES, carla).total.get_count("with_limit") == 0


def test_another_limit_counts_for_all_leads_at_once_and_as_stored(leads, asked, sources, ada):
    while store_progress_of_changes():
        pass
    assert asked(STATES, ada).total.get_count("contacted_late") == 1
    with operation("test", by=None):
        Source.objects.filter(pk=sources.website.pk).update(contact_within=60 * 24 * 5)
    assert asked(STATES, ada).total.get_count("contacted_late") == 0
    while store_progress_of_changes():
        pass
    assert asked(STATES, ada).total.get_count("contacted_late") == 0
    assert find_wrong_leads() == []
    with operation("test", by=None):
        Source.objects.filter(pk=sources.website.pk).update(contact_within=None)
    assert asked(STATES, ada).total.get_count("with_limit") == 0


def test_a_first_contact_is_due_when_the_list_of_leads_says(leads):
    lead = leads["overdue"]
    lead.refresh_from_db()
    assert CurrentProgress.objects.get(pk=lead.pk).contact_due_at == lead.contact_due_at is not None


LATE = (
    "measure=late_now&measure=late_now_median&measure=late_now_longest&measure=contacted_late"
    "&measure=contacted_late_median&by=owner"
)


@pytest.fixture
def late(make_lead, limited, bob, ben):
    """Bob has three leads that are late now and one that was contacted late; Ben has one; one of no one isn't late yet."""
    added = [timezone.now() - timedelta(days=days) for days in (20, 30, 40, 50)]
    made = [make_lead(f"Late {number}", owner=bob, created_at=at) for number, at in enumerate(added[:3])]
    made.append(make_lead("Late 3", owner=ben, created_at=added[3]))
    make_lead(
        "Contacted",
        owner=bob,
        created_at=utc("2026-05-06 09:00"),
        first_contacted_at=utc("2026-05-08 09:00"),
    )
    make_lead("New", created_at=timezone.now())
    return made


# Written apart from the product.
PLAIN_LATE = """
    SELECT l.owner_id, count(*), max(extract(epoch FROM now() - l.contact_due_at) / 86400)
    FROM leads_lead l JOIN leads_status s ON s.id = l.status_id
    WHERE s.kind = 'new' AND l.first_contacted_at IS NULL AND l.contact_due_at <= now() AND l.deleted_at IS NULL
    GROUP BY 1"""


def test_late_first_contacts_are_counted_by_owner_whenever_the_lead_was_added(late, asked, ada):
    found = asked(f"{LATE}&period=last7", ada)
    with connection.cursor() as cursor:
        cursor.execute(PLAIN_LATE)
        plain = {owner: (number, float(longest)) for owner, number, longest in cursor.fetchall()}
    assert {group.keys[0]: group.get_count("late_now") for group in found.groups} == {
        owner: number for owner, (number, _longest) in plain.items()
    }
    for group in found.groups:
        assert group.parts["late_now_longest"] == pytest.approx(plain[group.keys[0]][1], abs=0.01)


def test_the_leads_that_are_late_now_are_those_of_the_list(late, asked, listed, ada):
    found = asked(f"{LATE}&period=last7", ada)
    listing = RecordList(LEAD, QueryDict("first_contact=overdue"), ada)
    overdue = set(listing.visible.values_list("pk", flat=True))
    assert listed(found, found.total, "late_now", ada) == overdue == {lead.pk for lead in late}


def test_how_late_is_the_time_since_the_limit(late, asked, numbers, ada):
    found = numbers(asked(f"{LATE}&period=all", ada))
    assert found["Bob"][0] == 3
    # They were due on the next working day at the latest, three days later.
    assert 27 < found["Bob"][1] < 30
    assert 37 < found["Bob"][2] < 40
    # Due at 11:00 on the Wednesday, contacted at 9:00 on the Friday.
    assert found["Bob"][3:] == (1, pytest.approx(46 / 24, abs=0.2))


def test_the_leads_that_are_late_are_listed_with_the_latest_first(late, ada, cast):
    lines = build_late_lines(parse_question(QueryDict("period=last7"), ada), ada, 10)
    assert [line[0].text for line in lines] == ["Late 3", "Late 2", "Late 1", "Late 0"]
    assert lines[0][1].text == "Ben"
    assert lines[0][4].text.endswith(" days")
    assert build_late_lines(parse_question(QueryDict(""), cast.carla), cast.carla, 10) == []


def test_a_moment_of_another_year_is_shown_with_its_year(ada):
    today = date(2026, 5, 8)
    assert format_moment(utc("2026-05-08 09:30"), today).endswith(":30")
    assert "," not in format_moment(utc("2026-05-08 09:30"), today)
    assert " 2019, " in format_moment(utc("2019-05-08 09:30"), today)
