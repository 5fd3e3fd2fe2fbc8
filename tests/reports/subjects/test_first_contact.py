"""First contacts against the limits of sources and departments."""

import pytest
from django.utils import timezone

from accounts.models import Department
from crm.records.history.verb_execution import operation
from leads.models import Source
from reports.engine.progress_derivation import find_wrong_leads, store_progress_of_changes
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
