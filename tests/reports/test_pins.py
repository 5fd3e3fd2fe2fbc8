"""Reports pinned to the start page."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.platform.web.start_page.arrangement import get_arranged_parts
from crm.records.history.verb_execution import operation
from leads.models import Source
from reports.models import Pin, Report
from tests.reading import close_up

# These parts are loaded after the page.
PAGE = "/admin/today/deferred"
FUNNEL = "/admin/reports/funnel"


@pytest.fixture
def saved(ann):
    query = "measure=leads&measure=won&by=owner&picture=table&period=all"
    return Report.objects.create(owner=ann, name="My owners", query=query)


@pytest.fixture
def source(db):
    """source("Fair") is a new source of leads."""

    def made(label: str) -> Source:
        with operation("test", by=None):
            return Source.objects.create(name=label, position=50)

    return made


@pytest.fixture
def browser(sign_in, ann):
    return sign_in(ann)


def pins(user) -> list[str]:
    return [str(part.title) for part in get_arranged_parts(user) if part.name.startswith("pin-")]


def test_a_report_of_leadwell_is_pinned_with_its_period_and_unpinned(browser, ann, make_lead):
    make_lead("Jan Novák", owner=ann)
    assert "Pin to Today" in browser.get(FUNNEL).text
    text = browser.post(f"{FUNNEL}/pin?period=last_year", follow=True).text
    assert "Pinned “Funnel” to Today." in text
    assert "Unpin from Today" in text
    page = browser.get(PAGE).text
    assert "/admin/reports/funnel?period=last_year" in page
    assert 'class="chart"' in page
    browser.post(f"{FUNNEL}/pin", {"unpin": ""})
    assert pins(ann) == []


def test_a_saved_report_is_shown_with_its_first_rows_and_its_total(browser, ann, ben, saved, make_lead):
    for owner in (ann, ann, ben):
        make_lead("Jan Novák", owner=owner, shared=True)
    browser.post(f"/admin/reports/saved/{saved.pk}/pin")
    page = close_up(browser.get(PAGE).text)
    tile = re.search(r'<section class="card" aria-labelledby="pin-.*?</section>', page, re.DOTALL)[0]
    assert "My owners" in tile
    assert re.findall(r'<th scope="row">(.*?)</th>', tile) == ["Ann", "Ben", "All"]
    assert f'href="/admin/reports/saved/{saved.pk}"' in tile


def test_no_more_than_six_rows_are_shown_and_the_others_counted(browser, ann, make_lead, source):
    for number in range(8):
        make_lead("Jan Novák", owner=ann, source=source(f"Source {number}"))
    report = Report.objects.create(owner=ann, name="Sources", query="measure=leads&by=source&picture=table")
    browser.post(f"/admin/reports/saved/{report.pk}/pin")
    page = close_up(browser.get(PAGE).text)
    assert len(re.findall(r'<th scope="row">Source', page)) == 6
    assert "2 more rows in the report" in page


def test_at_most_six_reports_can_be_pinned(browser, ann):
    for name in ("funnel", "conversion", "sources", "lost", "people", "times"):
        browser.post(f"/admin/reports/{name}/pin")
    report = Report.objects.create(owner=ann, name="Seventh", query="measure=leads")
    text = browser.post(f"/admin/reports/saved/{report.pk}/pin", follow=True).text
    assert "You can pin at most 6 reports. Unpin another one first." in text
    assert len(pins(ann)) == 6
    # A pinned one can still get another period.
    browser.post("/admin/reports/times/pin?period=all")
    assert Pin.objects.get(shipped="times").query == "period=all"


def test_a_pinned_report_that_is_no_longer_shared_is_not_shown(ann, conrad, saved, departments, sign_in):
    Report.objects.filter(pk=saved.pk).update(department=departments.sales)
    sign_in(conrad).post(f"/admin/reports/saved/{saved.pk}/pin")
    assert pins(conrad) == ["My owners"]
    Report.objects.filter(pk=saved.pk).update(department=None)
    assert pins(conrad) == []


def test_the_pin_of_a_deleted_report_is_gone(browser, ann, saved):
    browser.post(f"/admin/reports/saved/{saved.pk}/pin")
    address = f"/admin/reports/saved/{saved.pk}/delete"
    assert (
        "It leaves Today and every dashboard that shows it, and emails with it stop."
        in browser.get(address).text
    )
    browser.post(address)
    assert pins(ann) == []


def test_a_pinned_report_that_can_no_longer_be_read_says_why(browser, ann, saved):
    Report.objects.filter(pk=saved.pk).update(query="measure=moon")
    browser.post(f"/admin/reports/saved/{saved.pk}/pin")
    assert "This number isn’t available. Choose one from the list." in browser.get(PAGE).text


def test_a_pin_with_a_period_that_cannot_be_read_keeps_the_usual_one(browser, ann):
    browser.post(f"{FUNNEL}/pin?period=between&from=2026-02-01&to=2026-01-01")
    assert Pin.objects.get(user=ann).query == ""


def test_a_hidden_pin_computes_nothing(browser, ann, monkeypatch):
    browser.post(f"{FUNNEL}/pin")
    names = [part.name for part in get_arranged_parts(ann) if part.name.startswith(("pin-", "chart_"))]
    for name in names:
        browser.post("/admin/today/arrange", {"part": name, "act": "hide"})
    monkeypatch.setattr("reports.display.report_cards.get_answer", None)
    assert browser.get(PAGE).status_code == 200


def test_a_pinned_report_takes_the_same_queries_however_many_rows_there_are(browser, ann, make_lead, source):
    report = Report.objects.create(owner=ann, name="Sources", query="measure=leads&by=source&picture=table")
    browser.post(f"/admin/reports/saved/{report.pk}/pin")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(PAGE).status_code == 200
        return len(captured)

    def fill(first: int) -> None:
        for number in range(first, first + 6):
            make_lead("Jan Novák", owner=ann, source=source(f"Source {number}"))

    fill(0)
    queries()
    few = queries()
    fill(6)
    assert queries() == few


def test_a_line_has_all_its_times_so_no_rows_are_said_to_be_missing(browser, ann, make_lead):
    make_lead(owner=ann)
    report = Report.objects.create(
        owner=ann, name="By week", query="measure=leads&by=week&picture=line&period=last365"
    )
    for week in range(9):
        make_lead(owner=ann, created_at=timezone.now() - timedelta(weeks=week))
    browser.post(f"/admin/reports/saved/{report.pk}/pin")
    page = browser.get(PAGE).text
    assert "By week" in page
    assert "more rows in the report" not in page
