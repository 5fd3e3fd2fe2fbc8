"""Reports and the list of leads agree: on numbers, on totals, and on what they refuse."""

from datetime import timedelta
from decimal import Decimal
from itertools import product
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.utils import timezone

from crm.records.history.verb_execution import operation
from crm.records.listing.column_totals import get_total_in_words
from crm.records.listing.record_list import RecordList
from crm.templatetags.look import money
from leads.kind import LEAD
from leads.models import Lead, Status
from reports.engine.measures import MEASURES
from reports.engine.question import parse_question
from reports.engine.report_answer import get_answer
from reports.models import Report
from tests.examples import one_in

NEW, LIST = "/admin/reports/new", "/admin/leads"


@pytest.fixture
def leads(lead_of, statuses, sources, bob, departments):
    with operation("test", by=None):
        Lead.objects.bulk_create(
            lead_of(
                f"Jan {number}",
                value=[None, 100, 70][number % 3],
                currency=["EUR", "TRY"][number % 2],
                owner=[None, bob][number % 2],
                department=[departments.sales, departments.export][number % 3 == 0],
                status=["new", "contacted", "won"][number % 3],
                country=["RO", ""][number % 2],
                created_at=timezone.now() - timedelta(number),
            )
            for number in range(8)
        )


@pytest.mark.parametrize("name", ["ada", "ann", "bob", "carla"])
@pytest.mark.parametrize(
    "query", ["", "country=RO", "owner=none", "q=jan", "value.gt=80", "kind=won&country=RO"]
)
def test_a_report_and_the_list_count_and_add_up_the_same(leads, cast, name, query):
    viewer = getattr(cast, name)
    question = parse_question(QueryDict(f"measure=leads&measure=value&by=source&period=all&{query}"), viewer)
    assert question.problems == []
    found, listing = get_answer(question, viewer).total, RecordList(LEAD, QueryDict(query), viewer)
    assert found.get_count("leads") == listing.count()
    assert get_total_in_words(listing, "value").startswith(
        money(found.get_value(MEASURES["value"]) or Decimal(0), "EUR")
    )


def figure(query: str) -> str:
    return f"{LIST}?{urlencode({'figure': query})}"


HOSTILE = [
    "source=99999999999999999999999",
    "owner=99999999999999999999999",
    "owner=-1",
    "source=1%00",
    "by=%00",
    "measure=%00",
    "period=between&from=9999-12-31&to=9999-12-31",
    "period=between&from=1900-01-01&to=9999-12-31&compare=before",
    "period=between&from=1900-01-01&to=9999-12-31&compare=year&by=day",
    "period=between&from=2024-02-29&to=2024-02-29&compare=year",
    "period=between&from=0001-01-01&to=0001-01-02",
    "period=between&from=0001-01-01&to=0001-01-02&compare=year",
    "period=between&from=%00&to=%00",
    "period=%F0%9F%92%A9&basis=%00",
    "by=month&by=month&by=month",
    "by=c999999",
    "by=lead__city",
    "figure=figure%3Dfigure",
    "report=99999999999999999999",
    "report=²",
    "q=" + "x" * 9_000,
    "q=%00",
    "&".join(f"measure=x{n}" for n in range(10_000)),
    "&".join(f"source={n}" for n in range(3_000)),
    "&".join(f"by=source{n}" for n in range(3_000)),
    "value.gt=1e999",
    "value.gt=" + "9" * 400,
    "created=between&created_from=99999-01-01",
]


@pytest.mark.parametrize(
    ("page", "query"),
    one_in(5, product(["/new", "/new/file", "/save", "/funnel", "/conversion", "/sources/file"], HOSTILE)),
    ids=range(6 * len(HOSTILE)),
)
def test_no_parameters_of_a_report_are_an_error_of_the_server(leads, sign_in, ada, page, query):
    assert sign_in(ada).get(f"/admin/reports{page}?{query}").status_code in (200, 400, 422)


FIGURES = [
    "",
    "part=leads",
    "part=password",
    "part=%00",
    "part=leads&by=source&key=99999999999999999999999",
    "part=leads&by=source&key=-99999999999999999999999",
    "part=leads&by=source&key=" + "9" * 5_000,
    "part=leads&by=source&key=²",
    "part=leads&by=source&key=1&key=2",
    "part=leads&by=source&by=owner&key=1",
    "part=leads&by=month&key=soon",
    "part=leads&by=month&key=9999-12-01&period=all",
    "part=leads&by=week&key=9999-12-31&period=all",
    "part=leads&by=year&key=0001-01-01&period=all",
    "part=leads&by=year&key=9999-01-01&period=all",
    "part=leads&by=vip&key=maybe",
    "part=leads&by=city&key=" + "x" * 1_900,
    "part=leads&by=path&key=%00",
    "part=leads&by=month&key=",
    "part=leads&figure=part%3Dleads",
    "part=leads&source=999999",
    "part=won&period=between&from=2026-05-02&to=2026-05-01",
    "part=leads&" + "&".join("key=1" for _n in range(10_000)),
]


@pytest.mark.parametrize("query", FIGURES, ids=range(len(FIGURES)))
def test_no_link_of_a_number_is_an_error_of_the_server(leads, sign_in, ada, query):
    browser = sign_in(ada)
    assert browser.get(figure(query), follow=True).status_code in (200, 400, 422)
    nested = urlencode({"figure": f"part=leads&figure={query}"})
    assert browser.get(f"{NEW}?{nested}").status_code in (200, 400, 422)


def test_a_link_of_a_number_that_is_gone_says_so(leads, ada):
    for query in ("part=password", "part=leads&by=source&key=x", "part=leads&by=source&key=1&key=2"):
        listing = RecordList(LEAD, QueryDict(urlencode({"figure": query})), ada)
        assert listing.errors == ["This number of a report isn’t available anymore."]


@pytest.fixture
def hidden(make_field, ada):
    """A custom field that only administrators see, which reports may have been grouped by before."""
    return make_field("Size", type="choice", choices=["small", "large"], roles=[ada.groups.get().pk])


def test_a_field_that_its_reader_no_longer_sees_is_a_sentence(leads, ann, hidden):
    for query in (f"by={hidden.name}", f"by={hidden.name}&by=source"):
        question = parse_question(QueryDict(query), ann)
        assert question.problems == ["You can’t group by this field. Choose one from the list."]
    by_figure = f"part=leads&by={hidden.name}&key=o1"
    listing = RecordList(LEAD, QueryDict(urlencode({"figure": by_figure})), ann)
    assert listing.errors == ["This number of a report isn’t available anymore."]


def test_a_saved_report_by_a_field_that_its_owner_no_longer_sees_is_a_sentence(leads, sign_in, ann, hidden):
    saved = Report.objects.create(owner=ann, name="Sizes", query=f"measure=leads&by={hidden.name}")
    page = sign_in(ann).get(f"/admin/reports/saved/{saved.pk}", follow=True)
    assert page.status_code == 422
    assert "You can’t group by this field. Choose one from the list." in page.text


def test_a_deleted_status_in_a_saved_report_is_a_sentence(leads, sign_in, ada, make_status):
    status = make_status("Demo")
    saved = Report.objects.create(owner=ada, name="Demos", query=f"measure=leads&status={status.pk}")
    with operation("test", by=None):
        Status.objects.filter(pk=status.pk).delete()
    page = sign_in(ada).get(f"/admin/reports/saved/{saved.pk}", follow=True)
    assert page.status_code == 422
    assert f"{status.pk} is not one of the available choices" in page.text
