"""Time in status and moves between statuses, as reports count them."""

import pytest
from django.http import QueryDict

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, Status
from leads.verbs import Move
from reports.engine.question import parse_question
from reports.engine.report_answer import get_answer
from tests.reports.conftest import utc

MAY = "period=between&from=2026-05-01&to=2026-05-31&basis=happened"
TIMES = f"{MAY}&measure=stay_median&measure=stay_mean&measure=stays"


@pytest.fixture
def leads(make_lead, statuses, move):
    """Three leads that stayed 12 hours, 2 days and 8 days in New; the first one then stayed 40 days in Contacted."""
    made = [make_lead(f"Jan {n}", status_since=utc("2026-05-01 10:00")) for n in range(3)]
    move(made[0], statuses.contacted, "2026-05-01 22:00")
    move(made[1], statuses.contacted, "2026-05-03 10:00")
    move(made[2], statuses.lost, "2026-05-09 10:00")
    move(made[0], statuses.qualified, "2026-06-10 22:00")
    return made


def test_time_in_status_is_that_of_the_stays_that_ended_in_the_period(leads, asked, numbers, ada):
    found = asked(f"{TIMES}&by=status", ada)
    assert numbers(found) == {"New": (2.0, 3.5, 3)}
    later = asked(TIMES.replace("05-01", "06-01").replace("05-31", "06-30") + "&by=status", ada)
    assert numbers(later) == {"Contacted": (40.0, 40.0, 1)}


def test_stays_are_grouped_by_their_length(leads, asked, numbers, ada):
    found = asked(f"{MAY}&measure=stays&by=status&by=length", ada)
    assert numbers(found) == {
        "New, under 1 day": (1,),
        "New, 1 to 3 days": (1,),
        "New, 7 to 14 days": (1,),
    }


@pytest.mark.parametrize(
    ("days", "length"),
    [
        ("2026-05-02 09:59", "under 1 day"),
        ("2026-05-02 10:00", "1 to 3 days"),
        ("2026-05-04 10:00", "3 to 7 days"),
        ("2026-05-15 09:59", "7 to 14 days"),
        ("2026-05-15 10:00", "14 to 30 days"),
        ("2026-05-31 10:00", "30 to 90 days"),
        ("2026-07-30 10:00", "90 days and over"),
    ],
)
def test_a_length_begins_with_its_first_day(make_lead, statuses, move, asked, numbers, ada, days, length):
    lead = make_lead(status_since=utc("2026-05-01 10:00"))
    move(lead, statuses.contacted, days)
    assert list(numbers(asked("measure=stays&by=length&period=all", ada))) == [length]


def test_leads_that_are_still_there_are_counted_apart_with_the_limit(leads, asked, numbers, statuses, ada):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.new.pk).update(most_days=3)
        Status.objects.filter(pk=statuses.contacted.pk).update(most_days=10)
    found = asked(f"{MAY}&measure=stays&measure=still_there&measure=limit&by=status", ada)
    assert numbers(found) == {
        "New": (3, 0, 3),
        "Contacted": (0, 1, 10),
        "Qualified": (0, 1, 14),
        "Lost": (0, 1, None),
    }
    assert found.total.get_value(found.question.measures[1]) == 3


def test_the_matrix_counts_moves_from_each_status_to_each(leads, asked, numbers, ada):
    found = asked("measure=moves&by=from_status&by=status&period=all", ada)
    assert numbers(found) == {"New, Contacted": (2,), "New, Lost": (1,), "Contacted, Qualified": (1,)}
    assert found.total.get_count("moves") == 4


def test_moves_count_in_the_period_in_which_they_were_made(leads, asked, ada):
    assert asked(f"{MAY}&measure=moves", ada).total.get_count("moves") == 3


def test_moves_count_for_the_user_who_made_them(leads, asked, numbers, move, statuses, bob, ada):
    move(leads[1], statuses.won, "2026-05-20 10:00", by=bob)
    found = asked(f"{MAY}&measure=moves&measure=moved_to_won&by=author", ada)
    assert numbers(found) == {"Ada": (3, 0), "Bob": (1, 1)}


def test_an_undone_move_never_counts(make_lead, statuses, asked, ada):
    lead = make_lead()
    carry_out(Move(status=statuses.contacted), Lead.objects.filter(pk=lead.pk), by=ada)
    counted = "measure=moves&measure=stays&period=all"
    assert asked(counted, ada).total.parts == {"moves": 1, "stays": 1}
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert asked(counted, ada).total.parts == {"moves": 0, "stays": 0}


def test_stays_and_moves_of_leads_in_trash_do_not_count(leads, asked, ada):
    with operation("test", by=None):
        Lead.objects.filter(pk=leads[0].pk).update(deleted_at=utc("2026-07-01 10:00"))
    assert asked(f"{MAY}&measure=stays", ada).total.get_count("stays") == 2


def test_stays_and_moves_of_another_department_do_not_count(leads, asked, ann, carla):
    counted = f"{MAY}&measure=stays&measure=moves&measure=still_there"
    assert asked(counted, ann).total.parts == {"stays": 3, "moves": 3, "still_there": 3}
    assert asked(counted, carla).total.parts == {"stays": 0, "moves": 0, "still_there": 0}


def test_filters_of_the_list_narrow_stays_and_moves(leads, asked, sources, statuses, ada):
    assert asked(f"{MAY}&measure=moves&source={sources.referral.pk}", ada).total.get_count("moves") == 0
    assert asked(f"{MAY}&measure=moves&status={statuses.lost.pk}", ada).total.get_count("moves") == 1
    assert asked(f"{MAY}&measure=moves&q=jan", ada).total.get_count("moves") == 3


@pytest.mark.parametrize(
    "by", ["status", "from_status", "length", "author", "source", "month", "owner", "path"]
)
def test_each_number_of_stays_leads_to_their_leads(leads, asked, listed, ada, by):
    found = asked(f"measure=stays&by={by}&period=all", ada)
    assert found.total.get_count("stays") == 4
    assert listed(found, found.total, "stays", ada) == {lead.pk for lead in leads}
    for group in found.groups:
        assert 0 < len(listed(found, group, "stays", ada)) <= group.get_count("stays")


def test_a_cell_of_the_matrix_leads_to_exactly_its_leads(leads, asked, listed, ada):
    found = asked("measure=moves&by=from_status&by=status&period=all", ada)
    cells = {group.texts: listed(found, group, "moves", ada) for group in found.groups}
    assert cells == {
        ("New", "Contacted"): {leads[0].pk, leads[1].pk},
        ("New", "Lost"): {leads[2].pk},
        ("Contacted", "Qualified"): {leads[0].pk},
    }


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            "measure=leads&by=from_status",
            "“Leads” can’t be grouped by from status. Choose another field or another number.",
        ),
        (
            "measure=still_there&by=month",
            "“Still in the status” can’t be grouped by month. Choose another field or another number.",
        ),
    ],
)
def test_a_number_that_cannot_be_grouped_by_a_field_is_a_sentence(ada, query, sentence):
    assert get_answer(parse_question(QueryDict(query), ada), ada).problems == [sentence]
