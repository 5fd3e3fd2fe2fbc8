"""API v2: the numbers of a report are those of its page, and the address of a number lists the records that it counts."""

from functools import partial

import pytest

from crm.platform.web.transactions import CountedLater
from reports.api import report_calls
from reports.models import Report
from reports.standard_reports import SHIPPED
from tests.api.conftest import umbra
from tests.examples import one_in

__all__ = ["umbra"]

pytestmark = pytest.mark.django_db

REPORTS = "/api/v2/reports"


@pytest.fixture
def leads(make_lead, sources, ann, bob):
    for number in range(12):
        source = sources.website if number % 3 else sources.event
        status = "won" if number < 5 else "contacted"
        make_lead(
            f"Lead {number}", source=source, owner=ann if number % 2 else bob, status=status, city="Cluj"
        )


def shown(page) -> list:
    """The texts and notes of each table on the page, without the rows that only a picture has."""
    return [
        [[str(cell.text) for cell in row.cells] for row in panel.table.rows]
        for panel in page.context["panels"]
    ]


def sent(report) -> list:
    return [[[one["text"] for one in row["values"]] for row in table["rows"]] for table in report["tables"]]


@pytest.mark.parametrize(
    "name",
    one_in(3, [report.name for report in SHIPPED if all(one.picture != "funnel" for one in report.sections)]),
)
def test_each_report_has_the_numbers_of_its_page(leads, ada, umbra, sign_in, name):
    page = sign_in(ada).get(f"/admin/reports/{name}")
    report = umbra(ada).get(f"{REPORTS}/{name}")
    assert report["title"] == str(page.context["report"].title)
    if not any(panel.table.is_crossed for panel in page.context["panels"]):
        assert sent(report) == shown(page)
    figures = page.context["figures"]
    assert [one["text"] for one in report["figures"]] == [
        str(one.cell.text) for one in (figures.each if figures else ())
    ]
    lines = page.context["lines"]
    assert (report["lines"] is None) == (lines is None)


def test_the_steps_of_a_funnel_are_the_measures_of_its_total(leads, ada, umbra, sign_in):
    (rows, *_others) = shown(sign_in(ada).get("/admin/reports/funnel"))
    total = umbra(ada).get(f"{REPORTS}/funnel")["tables"][0]["total"]
    assert [one["text"] for one in total] == [row[0] for row in rows]


def test_a_value_has_its_unit_and_the_records_behind_it(leads, ada, umbra):
    program = umbra(ada)
    (table, _by_month) = program.get(f"{REPORTS}/conversion")["tables"]
    assert table["groups"] == [{"name": "source", "label": "Source"}]
    units = {measure["name"]: measure["unit"] for measure in table["measures"]}
    assert (units["leads"], units["client_rate"]) == ("count", "percent")
    (row,) = [row for row in table["rows"] if row["labels"] == ["Website"]]
    values = {one["measure"]: one for one in row["values"]}
    assert values["leads"]["value"] == 8
    assert len(program.get(values["leads"]["records"])["leads"]) == 8
    found = program.get(f"{values['won']['records']}&limit=100")["leads"]
    assert len(found) == values["won"]["value"] == 3


def test_a_filter_narrows_the_leads_as_on_the_page(leads, ada, sources, umbra, sign_in):
    query = f"source={sources.event.pk}"
    page = sign_in(ada).get(f"/admin/reports/conversion?{query}&period=all")
    report = umbra(ada).get(f"{REPORTS}/conversion?period=all&filter=source%3D{sources.event.pk}")
    assert sent(report) == shown(page)
    assert [row["labels"] for row in report["tables"][0]["rows"]] == [["Event"]]
    assert (report["period"]["name"], report["period"]["first"]) == ("all", None)


def test_a_comparison_has_the_values_before(leads, ada, umbra):
    report = umbra(ada).get(f"{REPORTS}/conversion?period=this_month&compare=before")
    total = {one["measure"]: one for one in report["tables"][0]["total"]}
    assert (total["leads"]["value"], total["leads"]["before"]) == (12, 0)
    assert report["compared_with"]["last"] < report["period"]["first"]
    report = umbra(ada).get(f"{REPORTS}/conversion?compare=none")
    assert report["compared_with"] is None
    assert {one["before"] for one in report["tables"][0]["total"]} == {None}


def test_each_user_gets_the_numbers_of_their_leads(leads, ann, bob, carla, umbra):
    def count(user) -> int:
        return umbra(user).get(f"{REPORTS}/new?measure=leads&by=source&period=all")["tables"][0]["total"][0][
            "value"
        ]

    assert (count(ann), count(carla)) == (12, 0)


def test_a_saved_report_is_the_one_of_the_builder_and_can_be_asked_otherwise(leads, ada, umbra, sign_in):
    saved = Report.objects.create(owner=ada, name="By owner", query="measure=leads&by=owner&period=all")
    page = sign_in(ada).get(f"/admin/reports/new?{saved.query}")
    program = umbra(ada)
    report = program.get(f"{REPORTS}/saved-{saved.pk}")
    assert sent(report) == [
        [[str(cell.text) for cell in row.cells] for row in page.context["panel"].table.rows]
    ]
    assert report["title"] == "By owner"
    report = program.get(f"{REPORTS}/saved-{saved.pk}?by=source")
    assert report["tables"][0]["groups"][0]["name"] == "source"


def test_the_list_has_the_reports_that_the_user_may_see(ada, ann, umbra, sign_in):
    Report.objects.create(owner=ada, name="Mine", query="measure=leads")
    groups = sign_in(ada).get("/admin/reports/conversion").context["groups"]
    found = umbra(ada).get(REPORTS)["reports"]
    assert {row["title"] for row in found} == {str(tab.label) for group in groups for tab in group.tabs}
    assert [row["title"] for row in found if row["saved"]] == ["Mine"]
    assert not any(row["saved"] for row in umbra(ann).get(REPORTS)["reports"])
    for row in found:
        umbra(ada).get(f"{REPORTS}/{row['id']}")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("conversion?period=sometime", "period"),
        ("conversion?compare=sometime", "compare"),
        ("conversion?measure=leads", "measure"),
        ("conversion?filter=made_up%3D1", "filter"),
        ("conversion?filter=created_from%3D2026-05-01", "created_from"),
        ("new?measure=made_up", None),
        ("new?by=made_up", None),
        ("new?period=between&from=x", None),
        ("new?period=between&from=yesterday&to=2026-01-01", "from"),
        ("new?period=between&from=2026-01-01&to=today", "to"),
        ("new?basis=x", "basis"),
        ("conversion?country=DE", "country"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(ada, umbra, query, parameter):
    problem = umbra(ada).get(f"{REPORTS}/{query}", expect=422)
    assert problem["errors"][0]["parameter"] == parameter


def test_reports_out_of_reach_are_not_found(ada, ann, bob, someone_with, umbra):
    saved = Report.objects.create(owner=ada, name="Mine", query="measure=leads")
    umbra(ann).get(f"{REPORTS}/saved-{saved.pk}", expect=404)
    umbra(ann).get(f"{REPORTS}/made-up", expect=404)
    umbra(someone_with("view_lead")).get(REPORTS, expect=403)


def test_a_search_needs_the_right_to_search(leads, ada, umbra):
    query = f"{REPORTS}/new?filter=q%3Dlead"
    umbra(ada, ["reports.get", "leads.get"]).get(query, expect=403)
    umbra(ada).get(query)


def test_numbers_that_take_too_long_are_counted_by_the_worker(ada, umbra, monkeypatch):
    deferred: list[str] = []

    def slow(*arguments):
        raise CountedLater(partial(deferred.append, "counted"))

    monkeypatch.setattr(report_calls, "build_panels", slow)
    program = umbra(ada)
    problem = program.get(f"{REPORTS}/conversion", expect=503)
    assert (problem["code"], program.last["Retry-After"], deferred) == ("too_slow", "60", ["counted"])
