"""The workbook of a report says what its page says: figures, filters in words, tables, and charts with the values of the pictures."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, Source
from leads.verbs import Move
from reports.charts.chart_values import build_funnel_bars, build_group_bars, build_line_chart, get_chart_type
from reports.display.value_texts import describe_value, format_percent, format_value
from reports.engine.measures import Unit
from reports.standard_reports import SHIPPED
from tests.examples import one_in
from tests.reports.workbooks.charts import get_charts

OVER_TIME = "measure=leads&by=month&period=last365&picture=line"
BY_SOURCE = "measure=leads&measure=client_rate&measure=value&by=source&period=all&picture=bar"


@pytest.fixture
def leads(make_lead, statuses, ada):
    """Twelve leads from the website, three of them won; one referral, won, without a value."""
    website = [make_lead(f"Jan {n}", value=1000 + n) for n in range(12)]
    referral = make_lead("Eva", source="referral", value=None)
    for lead in (*website[:3], referral):
        carry_out(Move(status=statuses.won), Lead.objects.filter(pk=lead.pk), by=ada)


def open_book(answer) -> openpyxl.Workbook:
    assert answer.status_code == 200
    return openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))


def read_rows(sheet) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def get_shown(cell) -> str:
    """What Excel shows of a cell, as far as the units of reports go."""
    if cell.value is None or isinstance(cell.value, str):
        return cell.value or ""
    return f"{round(cell.value * 100, 4):g}%" if cell.number_format == "0.0%" else f"{round(cell.value, 4):g}"


def get_expected(measure, group) -> str:
    value, text = group.get_value(measure), describe_value(measure, group)
    if value is None or text != format_value(measure, value):
        return text
    sign = "%" if measure.unit == Unit.PERCENT else ""
    return f"{round(float(value), 4):g}{sign}"


@pytest.mark.parametrize("report", one_in(3, SHIPPED), ids=lambda report: report.name)
def test_each_number_of_the_page_is_in_the_workbook(report, leads, sign_in, ada):
    browser = sign_in(ada)
    page = browser.get(f"/admin/reports/{report.name}?period=all")
    book = open_book(browser.get(f"/admin/reports/{report.name}/file?period=all"))
    for number, panel in enumerate(page.context["panels"], start=1):
        answer, sheet = panel.answer, book.worksheets[number]
        heads = [cell.value for cell in sheet[1]]
        for row, group in enumerate([*answer.groups, answer.total], start=2):
            shown = dict(zip(heads, map(get_shown, sheet[row]), strict=True))
            for measure in answer.question.measures:
                head = f"{measure.label} (days)" if measure.unit == Unit.DAYS else str(measure.label)
                assert shown[head] == get_expected(measure, group)
        assert sheet.max_row == len(answer.groups) + 2


@pytest.mark.parametrize("report", one_in(3, SHIPPED), ids=lambda report: report.name)
def test_each_picture_of_the_page_is_a_chart_with_its_values(report, leads, sign_in, ada):
    browser = sign_in(ada)
    page = browser.get(f"/admin/reports/{report.name}?period=all")
    charts = get_charts(open_book(browser.get(f"/admin/reports/{report.name}/file?period=all")))
    drawn = [panel for panel in page.context["panels"] if panel.picture]
    assert [chart.title for chart in charts] == [str(panel.title) for panel in drawn]
    for chart, panel in zip(charts, drawn, strict=True):
        assert chart.series == build_expected_series(panel.answer)


def build_expected_series(answer) -> list[list[tuple[str, float | None]]]:
    """The labels with their values, of each series."""
    kind, unit = get_chart_type(answer), answer.question.measures[0].unit
    if kind == "line":
        found = build_line_chart(answer)
        series = [zip(found.steps, line.values, strict=True) for line in found.lines]
    else:
        bars = build_funnel_bars(answer) if kind == "funnel" else build_group_bars(answer)
        series = [((bar.label, bar.value) for bar in bars)]
    times = 0.01 if unit == Unit.PERCENT and kind != "funnel" else 1
    return [
        [
            (label, None if value is None else pytest.approx(float(value) * times, abs=1e-4))
            for label, value in line
        ]
        for line in series
    ]


def test_a_line_over_time_has_its_months_in_order_and_no_legend_for_one(leads, sign_in, ada):
    (chart,) = get_charts(open_book(sign_in(ada).get(f"/admin/reports/new/file?{OVER_TIME}")))
    assert (chart.kind, chart.has_legend) == ("lineChart", False)
    assert [value for _label, value in chart.series[0]][-1] == 13


def test_a_report_without_a_picture_has_no_chart_and_no_data_for_one(leads, sign_in, ada):
    book = open_book(
        sign_in(ada).get("/admin/reports/new/file?measure=leads&by=source&period=all&picture=table")
    )
    assert book.sheetnames == ["Summary", "1 Report", "Definitions"]


def test_the_summary_has_the_filters_in_words_and_the_figures_with_their_changes(leads, sign_in, ada):
    browser = sign_in(ada)
    query = f"source={Source.objects.get(name='Website').pk}&period=this_month"
    page = browser.get(f"/admin/reports/conversion?{query}")
    rows = read_rows(open_book(browser.get(f"/admin/reports/conversion/file?{query}"))["Summary"])
    facts = {row[0]: row[1] for row in rows if row[0]}
    assert rows[0][0] == "Conversion"
    assert facts["Period"] == page.context["question"].period.title
    assert facts["Filters"] == "source Website"
    assert facts["Created"].endswith(f", {ada.name}")
    for figure in page.context["figures"].each:
        value = figure.group.get_value(figure.measure)
        if value is not None and figure.measure.unit == Unit.COUNT:
            assert facts[figure.label] == value
    heads = next(row for row in rows if row[0] == "Figure")
    assert heads[:4] == ["Figure", "Value", "Change", "Note"]


def test_a_rate_is_a_part_of_one_that_is_shown_as_percent_and_one_of_too_few_is_its_counts(
    leads, sign_in, ada
):
    sheet = open_book(sign_in(ada).get(f"/admin/reports/new/file?{BY_SOURCE}")).worksheets[1]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    assert (rows["Website"][2].value, rows["Website"][2].number_format) == (pytest.approx(0.25), "0.0%")
    assert format_percent(25) == "25.0%"
    assert rows["Referral"][2].value == "1 of 1"
    assert rows["Referral"][3].value == 1


def test_amounts_are_numbers_with_the_currency_in_their_format(leads, sign_in, ada):
    sheet = open_book(sign_in(ada).get(f"/admin/reports/new/file?{BY_SOURCE}")).worksheets[1]
    (total,) = [row for row in sheet.iter_rows(min_row=2) if row[0].value == "All"]
    assert (total[4].value, total[4].number_format) == (12_066, '#,##0.00\\ "EUR"')
    assert total[0].font.bold


def test_a_name_that_looks_like_a_formula_stays_a_text(make_lead, sign_in, ada):
    with operation("test", by=None):
        source = Source.objects.create(name='=HYPERLINK("https://example.com")')
    make_lead(source=source)
    sheet = open_book(sign_in(ada).get(f"/admin/reports/new/file?{BY_SOURCE}"))
    for cell in (sheet.worksheets[1]["A2"], sheet["Chart data"]["A2"]):
        assert (cell.value, cell.data_type) == ('=HYPERLINK("https://example.com")', "s")


def test_a_title_with_signs_that_a_sheet_cannot_have_names_it_without_them(leads, sign_in, ada):
    book = open_book(sign_in(ada).get("/admin/reports/conversion/file?period=all"))
    for name in book.sheetnames:
        assert len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
