"""The charts of reports: their scale, gaps, values below zero, long names, and what they leave out."""

import re
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, Source
from leads.verbs import Move
from reports.charts.bar_chart import Bar, render_bars
from reports.charts.chart import render_picture
from reports.charts.line_chart import MOST_LINES, ChartLine, build_axis, render_lines, round_up_axis_end
from reports.display.tables import build_table
from reports.engine.question import parse_question
from reports.engine.report_answer import get_answer


def drawn(query: str, user) -> str:
    return str(render_picture(get_answer(parse_question(QueryDict(query), user), user)))


def widths(picture: str) -> list[float]:
    return [float(width) for width in re.findall(r'class="bar"[^>]* width="([\d.]+)%"', picture)]


def leads_of_sources(number: int, make_lead) -> None:
    for place in range(number):
        with operation("test", by=None):
            source = Source.objects.create(name=f"Fair {place}")
        make_lead(f"Lead {place}", source=source)


@pytest.mark.parametrize(
    ("value", "end"), [(0, 1), (1, 1), (3, 4), (55, 60), (61, 80), (100, 100), (101, 200), (0.3, 0.4)]
)
def test_the_axis_ends_at_the_next_round_value(value, end):
    assert round_up_axis_end(value) == pytest.approx(end)


def test_the_axis_has_a_text_at_its_ends_at_zero_and_at_a_whole_half():
    assert build_axis([55], 100).marks == [60, 30, 0]
    assert build_axis([1], 100).marks == [1, 0]
    assert build_axis([30, -90], 100).marks == [40, 0, -100]
    assert build_axis([-90], 100).marks == [0, -100]
    assert build_axis([], 100).marks == [1, 0]


def test_bars_begin_at_zero_and_the_longest_has_the_whole_width():
    picture = render_bars([Bar("One", 40, "40"), Bar("Two", 10, "10"), Bar("Three", 0, "0")], "Leads")
    assert widths(picture) == [100, 25]


def test_a_bar_below_zero_ends_at_zero_and_says_so_without_color():
    picture = render_bars([Bar("One", 300, "300%"), Bar("Two", -100, "−100%")], "Return")
    assert widths(picture) == [75, 25]
    assert '<rect class="bar" data-below x="0.00%"' in picture
    assert picture.count('class="zero" x1="25.00%"') == 2


def test_a_bar_without_a_value_has_a_dash_and_no_track():
    picture = render_bars([Bar("One", None, "")], "Return")
    assert ">–</text>" in picture
    assert "track" not in picture


def test_a_linked_row_without_a_bar_is_as_large_for_a_finger_as_one_with_a_bar():
    picture = render_bars(
        [Bar("One", None, "", "/admin/leads"), Bar("Two", 3, "3", "/admin/leads")], "Return"
    )
    assert picture.count('<rect class="reach" x="0"') == 2


def test_a_name_of_60_characters_is_cut_shorter_on_a_phone_and_whole_in_its_title():
    name = "Trade fair for refrigeration and cold chain logistics, Milano"
    picture = render_bars([Bar(name, 3, "3")], "Leads")
    assert f'data-only="wide">{name}<' in picture
    assert 'data-only="narrow">Trade fair for refrigeration …<' in picture
    assert f"<title>{name}: 3</title>" in picture


def test_a_line_has_a_gap_where_there_is_no_value():
    picture = render_lines(
        [ChartLine("", [1, 2, None, 4, 5], ["1", "2", "", "4", "5"])], list("abcde"), "Rate", str
    )
    assert picture.count("<polyline") == 2
    assert picture.count('class="dot"') == 4


def test_a_time_that_is_only_partly_in_the_period_is_pale():
    picture = render_lines(
        [ChartLine("", [5, 5, 1], ["5", "5", "1"])], list("abc"), "Leads", str, in_part=[2]
    )
    assert picture.count('class="trend" data-line="0" data-part') == 1
    assert picture.count('class="dot" data-line="0" data-part') == 1


def test_each_point_shows_its_value_to_pointer_and_keyboard():
    picture = render_lines([ChartLine("Fair", [1, 2], ["1", "2"])], ["1 May", "2 May"], "Leads", str)
    assert picture.count('tabindex="0" role="img" aria-label="Fair, 1 May: 1"') == 1


def test_a_year_of_days_has_no_stops_for_the_keyboard():
    days = [str(day) for day in range(365)]
    assert "tabindex" not in render_lines([ChartLine("", [1.0] * 365, days)], days, "Leads", str)


def test_a_lone_point_among_many_is_drawn():
    values = [None] * 180 + [3.0] + [None] * 184
    picture = render_lines([ChartLine("", values, [""] * 365)], [""] * 365, "Rate", str)
    assert picture.count('class="dot"') == 1


class TestOfAnswers:
    def test_a_chart_says_how_many_rows_it_leaves_out(self, ada, make_lead):
        leads_of_sources(22, make_lead)
        picture = drawn("measure=leads&by=source&picture=bar", ada)
        assert "The chart shows the first 20 of 22 rows." in picture

    def test_a_chart_says_how_many_lines_it_leaves_out(self, ada, make_lead):
        leads_of_sources(MOST_LINES + 1, make_lead)
        picture = drawn("measure=leads&by=month&by=source&picture=line", ada)
        assert f"The chart shows the first {MOST_LINES} of {MOST_LINES + 1} lines." in picture

    def test_a_rate_of_few_leads_is_their_count_and_has_no_bar(self, ada, make_lead, sources):
        make_lead("Jan Novák", source=sources.website)
        picture = drawn("measure=client_rate&by=source&picture=bar", ada)
        assert "0 of 1" in picture
        assert widths(picture) == []

    def test_a_chart_of_rates_alone_is_no_funnel(self, ada, make_lead):
        make_lead("Jan Novák")
        assert drawn("measure=client_rate&picture=funnel", ada) == ""

    def test_a_rate_in_a_funnel_has_no_part_of_the_step_before(self, ada, make_lead):
        make_lead("Jan Novák")
        question = parse_question(
            QueryDict("measure=leads&measure=client_rate&measure=won&picture=funnel"), ada
        )
        rows = build_table(get_answer(question, ada)).rows
        assert [[cell.text for cell in row.cells[1:]] for row in rows] == [
            ["", ""],
            ["", ""],
            ["0.0%", "0.0%"],
        ]


def test_the_single_numbers_of_lost_leads_are_those_of_the_table(
    sign_in, ann, make_lead, statuses, reasons, ada, bob
):
    made = make_lead("Jan Novák", owner=bob, created_at=timezone.now() - timedelta(200))
    lost = Move(status=statuses.lost, reason=next(iter(vars(reasons).values())))
    carry_out(lost, Lead.objects.filter(pk=made.pk), by=ada)
    page = sign_in(ann).get("/admin/reports/lost?period=last30").text
    figures = page[page.index('class="figures"') : page.index("</dl>")]
    assert re.search(r"<dt>Lost</dt>\s*<dd>\s*<a[^>]*>1</a>", figures)
