"""Sorting the tables of reports by their columns."""

from io import BytesIO
from urllib.parse import parse_qs

import openpyxl
import pytest
from django.http import QueryDict
from django.utils import timezone

from crm.records.history.verb_execution import carry_out
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD
from leads.models import Lead
from leads.verbs import Move
from reports.charts.chart import render_picture
from reports.display.panels import build_panels
from reports.display.report_cards import build_card_question
from reports.models import Pin, Report
from reports.standard_reports import BY_NAME

BY_SOURCE = "measure=leads&measure=won&measure=value&by=source&period=all"


@pytest.fixture
def leads(make_lead, statuses, ada):
    """Three leads from the website, one of them won; two referrals, both won, of which one has a value."""
    website = [make_lead(f"Jan {n}") for n in range(3)]
    referrals = [make_lead(f"Eva {n}", source="referral", value=n or None) for n in range(2)]
    for lead in (website[0], *referrals):
        carry_out(Move(status=statuses.won), Lead.objects.filter(pk=lead.pk), by=ada)
    return [*website, *referrals]


def order(found) -> list[str]:
    return [", ".join(group.texts) for group in found.groups]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["Website", "Referral"]),
        ("-leads", ["Website", "Referral"]),
        ("leads", ["Referral", "Website"]),
        ("-won", ["Referral", "Website"]),
        ("won", ["Website", "Referral"]),
        ("source", ["Referral", "Website"]),
        ("-source", ["Website", "Referral"]),
        # Rows without a value are last in both directions.
        ("value", ["Referral", "Website"]),
        ("-value", ["Referral", "Website"]),
        # Not a column of this report.
        ("revenue", ["Website", "Referral"]),
        ("-owner", ["Website", "Referral"]),
        ("'; DROP", ["Website", "Referral"]),
    ],
)
def test_a_table_is_sorted_by_any_of_its_columns(leads, asked, ada, sort, expected):
    assert order(asked(f"{BY_SOURCE}&sort={sort}", ada)) == expected


def test_statuses_and_times_are_sorted_in_their_order(leads, asked, ada):
    by_status = "measure=leads&by=status&period=all"
    assert order(asked(f"{by_status}&sort=status", ada)) == ["New", "Won"]
    assert order(asked(f"{by_status}&sort=-status", ada)) == ["Won", "New"]
    assert order(asked(f"{by_status}&sort=-leads", ada)) == ["Won", "New"]


def test_two_fields_are_sorted_by_what_the_values_of_the_first_are_together(leads, asked, ada):
    by_both = "measure=client_rate&measure=leads&by=source&by=status&period=all"
    assert order(asked(f"{by_both}&sort=client_rate", ada)) == [
        "Website, New",
        "Website, Won",
        "Referral, Won",
    ]
    assert order(asked(f"{by_both}&sort=-client_rate", ada))[0] == "Referral, Won"
    # A median of medians is no median.
    with_median = f"{by_both}&measure=won_median"
    assert order(asked(f"{with_median}&sort=won_median", ada)) == order(asked(with_median, ada))


def test_a_table_of_one_number_by_two_fields_has_the_number_for_each_row(leads, sign_in, ada):
    browser = sign_in(ada)
    page = browser.get("/admin/reports/new?measure=won&by=source&by=status&period=all")
    table = page.context["panel"].table
    assert [str(head) for head in table.numbers] == ["New", "Won", "All"]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["", "2", "2"], ["0", "1", "1"]]
    query = table.rows[0].cells[-1].url.partition("?")[2]
    assert set(RecordList(LEAD, QueryDict(query), ada).rows) == {*leads[3:]}
    assert [head.direction for head in page.context["panel"].heads] == ["", "", "", "descending"]


def test_each_head_links_to_its_sort_and_says_the_present_one(leads, sign_in, ada):
    browser = sign_in(ada)
    heads = browser.get(f"/admin/reports/new?{BY_SOURCE}&country=&sort=won").context["panel"].heads
    assert [(head.label, head.direction) for head in heads] == [
        ("Source", ""),
        ("Leads", ""),
        ("Won", "ascending"),
        ("Value", ""),
    ]
    assert [parse_qs(head.url[1:])["sort"] for head in heads] == [
        ["source"],
        ["-leads"],
        ["-won"],
        ["-value"],
    ]
    page = browser.get(f"/admin/reports/new{heads[1].url}")
    assert 'aria-sort="descending"' in page.content.decode()
    assert parse_qs(page.context["panel"].heads[1].url[1:])["sort"] == ["leads"]
    assert (
        page.context["question"].picture
        == browser.get(f"/admin/reports/new?{BY_SOURCE}").context["question"].picture
    )


def test_the_head_says_how_a_table_is_sorted_at_first(leads, sign_in, ada):
    page = sign_in(ada).get("/admin/reports/new?measure=leads&by=month&period=all")
    assert [head.direction for head in page.context["panel"].heads] == ["ascending", ""]


def test_each_table_of_a_page_has_its_own_sort(leads, ada):
    first, second = build_panels(BY_NAME["conversion"], QueryDict("period=all&sort=leads&sort=2.-month"), ada)
    assert (first.answer.question.sort, second.answer.question.sort) == ("leads", "-month")
    assert parse_qs(first.heads[0].url[1:])["sort"] == ["2.-month", "source"]
    assert parse_qs(second.heads[0].url[1:])["sort"] == ["leads", "2.month"]
    unread = build_panels(BY_NAME["conversion"], QueryDict("sort=x.-month&sort=99999.won&sort=."), ada)
    assert [panel.answer.question.sort for panel in unread] == ["", ""]


def test_the_form_keeps_the_sort(leads, sign_in, ada):
    page = sign_in(ada).get(f"/admin/reports/new?{BY_SOURCE}&sort=won").content.decode()
    assert '<input type="hidden" name="sort" value="won">' in page


def test_bars_follow_the_table_and_times_stay_in_their_order(make_lead, asked, ada):
    for day, number in (("2026-05-04", 2), ("2026-06-04", 1), ("2026-07-04", 3)):
        for n in range(number):
            make_lead(f"Jan {n}", created_at=timezone.datetime.fromisoformat(f"{day}T10:00:00+00:00"))
    found = asked("measure=leads&by=month&period=all&picture=bar&sort=-leads", ada)
    assert order(found) == ["July 2026", "May 2026", "June 2026"]
    picture = render_picture(found)
    assert picture.index("May 2026") < picture.index("June 2026") < picture.index("July 2026")


def test_the_workbook_is_sorted_as_the_page(leads, sign_in, ada):
    browser = sign_in(ada)
    answer = browser.get(f"/admin/reports/new/file?{BY_SOURCE}&sort=-source")
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[1]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["Website", "Referral", "All"]


def test_saved_and_pinned_reports_keep_their_sort(leads, sign_in, ada):
    browser = sign_in(ada)
    browser.post(f"/admin/reports/save?{BY_SOURCE}&sort=won", {"name": "By source", "audience": ""})
    assert parse_qs(Report.objects.get().query)["sort"] == ["won"]
    browser.post("/admin/reports/sources/pin?period=all&sort=leads")
    pin = Pin.objects.get()
    assert parse_qs(pin.query)["sort"] == ["leads"]
    assert build_card_question(pin, ada).sort == "leads"


def test_the_links_to_other_reports_have_no_sort(leads, sign_in, ada):
    page = sign_in(ada).get("/admin/reports/sources?sort=-won").content.decode()
    assert '/admin/reports/incoming?period=last90"' in page
