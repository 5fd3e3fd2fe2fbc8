"""The numbers of the month on the start page."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from crm.platform.web.start_page.arrangement import HIDE, arrange_part, get_arranged_parts
from crm.platform.web.start_page.start_page_parts import get_parts
from crm.records.history.verb_execution import carry_out
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD
from leads.models import Lead
from leads.verbs import Move
from reports.engine.question import parse_question
from reports.standard_reports import BY_NAME, may_view_report
from reports.start_charts import FUNNEL, OPEN_VALUE, STUCK, WON
from tests.reading import close_up

PAGE = "/admin/today"
DEFERRED = f"{PAGE}/deferred"


def part(user, name: str):
    return next((part for part in get_parts(user) if part.name == name), None)


@pytest.fixture
def month(make_lead, statuses, ada, bob, ben):
    """Bob got two leads this month and won one; Ben got one."""
    made = [
        make_lead("Jan Novák", owner=bob),
        make_lead("Eva Malá", owner=bob),
        make_lead("Zoe Adam", owner=ben),
    ]
    carry_out(Move(status=statuses.won), Lead.objects.filter(pk=made[0].pk), by=ada)
    return made


def test_a_sales_rep_sees_the_numbers_of_their_own_leads(month, bob):
    (line,) = part(bob, "month").lines
    assert [(label, cell.text) for label, cell in line.cells] == [
        ("Leads", "2"),
        ("Won", "1"),
        ("Revenue", ""),
    ]


def test_a_number_of_the_month_leads_to_its_leads(month, bob):
    (line,) = part(bob, "month").lines
    query = QueryDict(line.cells[1][1].url.partition("?")[2])
    assert RecordList(LEAD, query, bob).get_ids() == [month[0].pk]


def test_a_user_without_leads_has_no_month(month, oscar):
    assert part(oscar, "month") is None


def test_leads_of_an_earlier_time_do_not_count_this_month(make_lead, bob):
    make_lead("Jan Novák", owner=bob, created_at=timezone.now() - timedelta(100))
    assert part(bob, "month") is None


def test_a_manager_sees_what_each_owner_won_and_who_is_unassigned(month, make_lead, ann):
    make_lead("Ion Pop")
    team = part(ann, "team")
    assert [(line.label, line.cells[0][1].text) for line in team.lines] == [("Bob", "1"), ("Ben", "0")]
    assert [(str(way.label), way.count) for way in team.counts] == [("Unassigned:", "1")]
    assert RecordList(LEAD, QueryDict(team.counts[0].path.partition("?")[2]), ann).count() == 1


def test_only_those_who_assign_leads_see_the_team(month, bob, oscar):
    assert part(bob, "team") is None
    assert part(oscar, "team") is None


def test_a_manager_of_another_department_sees_another_team(month, carla):
    assert list(part(carla, "team").lines) == []


@pytest.mark.parametrize("path", [DEFERRED, f"{PAGE}?complete=1"])
def test_the_start_page_shows_the_numbers(path, month, sign_in, ann):
    text = sign_in(ann).get(path).text
    assert "The team this month" in text
    assert "figure=" in text


def test_the_page_counts_nothing_before_it_is_shown(month, sign_in, ann, bob, ben, monkeypatch):
    for user, title in [(ann, "The team this month"), (bob, "My month")]:
        browser = sign_in(user)
        with monkeypatch.context() as patched:
            patched.setattr("reports.start_page.get_answer", lambda *asked: pytest.fail("It counts."))
            text = close_up(browser.get(PAGE).text)
        assert f">{title}</h2>" in text
        assert "figure=" not in text
        assert f'hx-get="{DEFERRED}"' in text


def test_the_place_of_numbers_that_the_user_turns_out_not_to_have_is_removed(make_lead, sign_in, bob):
    make_lead("Jan Novák", owner=bob, created_at=timezone.now() - timedelta(100))
    browser = sign_in(bob)
    assert 'id="part-month"' in browser.get(PAGE).text
    assert '<div id="part-month" hx-swap-oob="delete"></div>' in browser.get(DEFERRED).text
    assert "My month" not in browser.get(f"{PAGE}?complete=1").text


CHARTS = ["chart_funnel", "chart_won", "chart_open_value", "chart_stuck"]


def get_charts(user) -> list[str]:
    return [part.name for part in get_parts(user) if part.name.startswith("chart_")]


def test_those_who_assign_leads_have_charts_and_sales_reps_have_none(month, conrad, ada, bob):
    assert get_charts(ada) == CHARTS
    assert get_charts(conrad) == CHARTS
    assert get_charts(bob) == []


def test_a_chart_on_today_leads_to_the_leads_behind_its_bars_and_to_its_report(month, sign_in, ada):
    page = close_up(sign_in(ada).get(DEFERRED).text)
    card = page[page.index("Funnel") :]
    assert 'class="chart"' in card
    assert 'href="/admin/leads?' in card
    assert 'href="/admin/reports/funnel"' in card


def test_a_chart_is_hidden_from_today_as_other_parts_are(month, ada):
    with transaction.atomic():
        arrange_part(ada, "chart_won", HIDE)
    assert [part.name for part in get_arranged_parts(ada) if part.name.startswith("chart_")] == [
        name for name in CHARTS if name != "chart_won"
    ]


def test_a_chart_without_numbers_says_what_will_appear(month, ada):
    """Bob's leads have no deals, so no stage has a value."""
    assert part(ada, "chart_funnel").lines
    assert part(ada, "chart_open_value").lines == []
    assert part(ada, "chart_open_value").empty == "A chart appears here once there are numbers."


@pytest.mark.parametrize("chart", [FUNNEL, WON, OPEN_VALUE, STUCK], ids=lambda chart: chart.name)
def test_the_question_of_a_chart_has_no_problem(chart, ada):
    assert parse_question(QueryDict(chart.query), ada).problems == []
    assert may_view_report(BY_NAME[chart.report], ada)


def test_those_who_assign_leads_see_the_questions_of_managers_with_their_reports(ann, sign_in):
    page = sign_in(ann).get(PAGE).content.decode()
    assert part(ann, "questions").lines == ["untouched", "incoming", "changes", "first_contact"]
    for name in ("untouched", "incoming", "changes", "first_contact"):
        assert f'href="/admin/reports/{name}"' in page


def test_a_sales_rep_sees_no_questions_of_managers(bob):
    assert part(bob, "questions") is None


def test_a_manager_who_may_not_view_deals_is_not_asked_about_the_pipeline(manager_without):
    page = manager_without("view_deal").get(PAGE).content.decode()
    assert 'href="/admin/reports/changes"' not in page
    assert 'href="/admin/reports/untouched"' in page
