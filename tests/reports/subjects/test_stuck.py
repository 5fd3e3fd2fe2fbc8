"""Leads that were stuck at the end of each week, as reports count them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, Status, StatusMove
from leads.stuck.stuck_leads import stuck_leads_queryset
from leads.verbs import Move
from reports.engine.question import parse_question
from reports.engine.report_answer import MOST_GROUPS, get_answer
from tests.examples import TIMES
from tests.reports.conftest import utc
from tests.reports.engine.reference import Reference
from tests.reports.engine.test_truth import ZONES, compare_stuck

JUNE = "measure=stuck&period=between&from=2026-06-01&to=2026-06-28"


@pytest.fixture
def limits(statuses):
    """Seven days in New, three in Contacted, none in the others."""
    with operation("test", by=None):
        Status.objects.update(most_days=None)
        Status.objects.filter(pk=statuses.new.pk).update(most_days=7)
        Status.objects.filter(pk=statuses.contacted.pk).update(most_days=3)


@pytest.fixture
def leads(limits, make_lead, statuses, move, cast):
    """One lead was stuck in New from 9 June to 23 June, one in Contacted since 16 June, one never."""
    made = [make_lead(f"Jan {n}", status_since=utc("2026-06-01 10:00"), owner=cast.bob) for n in range(3)]
    move(made[0], statuses.qualified, "2026-06-23 10:00")
    move(made[1], statuses.contacted, "2026-06-12 10:00")
    move(made[2], statuses.lost, "2026-06-09 09:59")
    return made


def test_leads_are_stuck_at_the_end_of_each_week_in_which_they_were(leads, asked, numbers, ada):
    found = asked(f"{JUNE}&by=week", ada)
    assert numbers(found) == {"8 Jun 2026": (1,), "15 Jun 2026": (2,), "22 Jun 2026": (1,)}
    assert numbers(asked(f"{JUNE}&by=status&by=week", ada)) == {
        "New, 8 Jun 2026": (1,),
        "New, 15 Jun 2026": (1,),
        "Contacted, 15 Jun 2026": (1,),
        "Contacted, 22 Jun 2026": (1,),
    }


def test_the_total_is_that_at_the_end_of_the_period(leads, asked, numbers, ada):
    assert asked(f"{JUNE}&by=week", ada).total.parts == {"stuck": 1}
    earlier = JUNE.replace("06-28", "06-22")
    assert asked(f"{earlier}&by=week", ada).total.parts == {"stuck": 2}
    assert numbers(asked(f"{earlier}&by=status", ada)) == {"New": (1,), "Contacted": (1,)}


def test_a_lead_is_stuck_after_a_whole_day_more_than_the_limit(limits, make_lead, asked, ada):
    make_lead(status_since=utc("2026-06-01 00:00"))
    make_lead(status_since=utc("2026-06-01 00:00") + timedelta(microseconds=1))
    day = "measure=stuck&period=between&from={0}&to={0}"
    with timezone.override("UTC"):
        assert asked(day.format("2026-06-07"), ada).total.parts == {"stuck": 0}
        assert asked(day.format("2026-06-08"), ada).total.parts == {"stuck": 1}
        found = asked("measure=stuck&period=between&from=2026-06-07&to=2026-06-09&by=day", ada)
    assert [group.parts for group in found.groups] == [{"stuck": 1}, {"stuck": 2}]


def test_days_have_24_hours_where_clocks_are_changed(limits, make_lead, asked, ada):
    """In Havana it was one hour less from that night to the end of 15 March."""
    make_lead(status_since=utc("2026-03-08 04:59"))
    with timezone.override("America/Havana"):
        assert asked("measure=stuck&period=between&from=2026-03-15&to=2026-03-15", ada).total.parts == {
            "stuck": 0
        }
        by_day = asked("measure=stuck&period=between&from=2026-03-15&to=2026-03-16&by=day", ada)
    assert [group.parts for group in by_day.groups] == [{"stuck": 1}]


def test_a_lead_that_leaves_at_the_end_of_a_day_is_not_stuck_then(
    limits, make_lead, move, statuses, asked, ada
):
    lead = make_lead(status_since=utc("2026-05-01 00:00"))
    move(lead, statuses.qualified, "2026-06-09 00:00")
    with timezone.override("UTC"):
        found = asked("measure=stuck&period=between&from=2026-06-07&to=2026-06-08&by=day", ada)
    assert [group.texts for group in found.groups] == [("7 Jun 2026",)]
    assert found.total.parts == {"stuck": 0}


def test_stuck_leads_of_today_are_those_of_their_list_if_nothing_is_planned(leads, asked, ada):
    found = asked("measure=stuck&period=last30", ada)
    assert found.total.get_count("stuck") == stuck_leads_queryset(ada).count() == 1
    assert asked("measure=stuck&period=last30&by=week", ada).groups[-1].get_count("stuck") == 1


def test_a_planned_task_does_not_matter_for_the_past(leads, asked, ada):
    with operation("test", by=None):
        Lead.objects.filter(pk=leads[1].pk).update(next_action_on=timezone.localdate())
    assert (stuck_leads_queryset(ada).count(), asked("measure=stuck", ada).total.get_count("stuck")) == (0, 1)


def test_days_that_have_not_come_have_no_number(leads, asked, ada):
    last = timezone.localdate() + timedelta(400)
    found = asked(f"measure=stuck&by=week&period=between&from=2026-06-01&to={last}", ada)
    assert found.groups[-1].keys[0] <= timezone.localdate()


def test_an_undone_move_leaves_the_lead_stuck(limits, make_lead, statuses, asked, ada):
    lead = make_lead(status_since=timezone.now() - timedelta(30))
    carry_out(Move(status=statuses.contacted), Lead.objects.filter(pk=lead.pk), by=ada)
    assert asked("measure=stuck", ada).total.parts == {"stuck": 0}
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert asked("measure=stuck", ada).total.parts == {"stuck": 1}


def test_closed_statuses_and_those_without_a_limit_have_no_stuck_leads(leads, asked, statuses, ada):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.contacted.pk).update(kind="lost")
    assert asked(f"{JUNE}&by=week&by=status", ada).groups[-1].texts == ("15 Jun 2026", "New")
    with operation("test", by=None):
        Status.objects.update(most_days=None)
    found = asked(f"{JUNE}&by=week", ada)
    assert (found.groups, found.total.parts) == ([], {"stuck": 0})


def test_readers_count_the_stuck_leads_that_they_see(leads, asked, ann, carla):
    assert [len(asked(f"{JUNE}&by=week", user).groups) for user in (ann, carla)] == [3, 0]


def test_stuck_leads_in_trash_do_not_count(leads, asked, ada):
    with operation("test", by=None):
        Lead.objects.filter(pk=leads[0].pk).update(deleted_at=timezone.now())
    assert [group.texts for group in asked(f"{JUNE}&by=week", ada).groups] == [
        ("15 Jun 2026",),
        ("22 Jun 2026",),
    ]


def test_filters_of_the_list_narrow_stuck_leads(leads, asked, cast, ada):
    asking = f"{JUNE}&by=week"
    assert len(asked(f"{asking}&owner={cast.bob.pk}", ada).groups) == 3
    assert asked(f"{asking}&owner={cast.ben.pk}", ada).groups == []
    assert asked(f"{asking}&q=novák", ada).groups == []


@pytest.mark.parametrize(
    "by",
    [
        "by=week",
        "by=day",
        "by=month&by=status",
        "by=owner&by=week",
        "by=week&by=month",
        "by=source",
        "by=kind",
    ],
)
def test_each_number_of_stuck_leads_leads_to_exactly_its_leads(leads, asked, listed, ada, by):
    found = asked(f"{JUNE}&{by}", ada)
    assert found.groups
    for group in [*found.groups, found.total]:
        assert len(listed(found, group, "stuck", ada)) == group.get_count("stuck") > 0
    assert listed(found, found.total, "stuck", ada) == {leads[1].pk}


def test_the_change_is_that_since_the_end_of_the_period_before(leads, asked, ada):
    found = asked("measure=stuck&period=between&from=2026-06-23&to=2026-06-28&compare=before", ada)
    assert (found.total.parts, found.before.total.parts) == ({"stuck": 1}, {"stuck": 2})
    assert not found.question.measures[0].is_of_today


def test_too_many_groups_of_stuck_leads_are_a_sentence(limits, make_lead, ada):
    for city in range(20):
        make_lead(city=f"City {city}", status_since=utc("2026-01-01 10:00"))
    query = QueryDict("measure=stuck&by=day&by=city&period=all")
    problem = f"This report has more than {MOST_GROUPS:,} rows. Group by another field, or filter the leads."
    assert get_answer(parse_question(query, ada), ada).problems == [problem.replace(",", "", 1)]


def test_the_report_of_stuck_leads_shows_a_line_over_weeks(leads, sign_in, ada):
    page = sign_in(ada).get("/admin/reports/stuck?period=between&from=2026-06-01&to=2026-06-28")
    assert page.status_code == 200
    for text in ("15 Jun 2026", "By department", "chart", "By owner", "End of the period"):
        assert text in page.content.decode()


STAYS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 15 * 24), st.sampled_from([False, False, False, True])),
    min_size=1,
    max_size=5,
)
GROUPS = [
    ["day"],
    ["week"],
    [],
    ["owner"],
    ["status", "week"],
    ["day", "source"],
    ["month"],
    ["week", "month"],
]
PERIODS = [
    "period=all",
    "period=between&from=2026-03-05&to=2026-04-02",
    "period=between&from=2026-02-01&to=2027-01-01",
]


@settings(max_examples=10 * TIMES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    histories=st.lists(STAYS, min_size=1, max_size=4),
    asking=st.tuples(st.sampled_from(GROUPS), st.sampled_from(PERIODS)),
)
@pytest.mark.hard
def test_random_stays_are_stuck_when_the_recorded_rows_say_so(
    limits, statuses, make_lead, cast, histories, asking
):
    with transaction.atomic():
        for number, stays in enumerate(histories):
            lead = make_lead(f"Jan {number}", owner=[None, cast.bob][number % 2])
            write_stays(lead, [statuses.new, statuses.contacted, statuses.qualified], stays)
        for zone in ZONES:
            with timezone.override(zone):
                compare_stuck(cast.ann, Reference(cast.ann, zone), *asking)
        transaction.set_rollback(True)


def write_stays(lead: Lead, statuses: list[Any], stays: list[tuple[int, int, bool]]) -> None:
    """In hours since 1 March, one after the other; the last one goes on."""
    StatusMove.objects.filter(lead=lead).delete()
    entered = utc("2026-03-01 00:00")
    for place, (status, hours, undone) in enumerate(stays):
        last = place == len(stays) - 1
        left = None if last else entered + timedelta(hours=hours)
        StatusMove.objects.create(
            lead=lead, to_status=statuses[status], entered=entered, left=left, undone=undone and not last
        )
        entered = left or entered
