"""The page of a record says of each field that an automation has set last which one it was."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from customers.models import Request
from leads import verbs
from leads.models import Lead
from tests.automations.automating import make_automation, work, written_by

pytestmark = pytest.mark.django_db

STEPS = {
    "lead": ("city", "Brno"),
    "contact": ("title", "Buyer"),
    "company": ("city", "Brno"),
    "deal": ("description", "Brno"),
    "request": ("state", "done"),
}


@pytest.fixture
def make(make_lead, make_contact, make_company, make_deal, ann, departments):

    def make_request(**values):
        with operation("test", by=None):
            return Request.objects.create(
                subject="Help", department=departments.sales, channel="email", **values
            )

    return {
        "lead": make_lead,
        "contact": make_contact,
        "company": make_company,
        "deal": make_deal,
        "request": make_request,
    }


@pytest.mark.parametrize("table", STEPS)
def test_the_page_names_the_rule_of_a_field_for_all_types_of_records(table, ada, make, sign_in):
    field, value = STEPS[table]
    step = ("move", {"state": value}) if table == "request" else ("set", {"field": field, "value": value})
    automation = make_automation("Fill in", ada, step, table_of=table)
    record = make[table](owner=ada)
    browser = sign_in(ada)
    assert "Set by:" not in browser.get(record.get_absolute_url()).text
    work()
    page = browser.get(record.get_absolute_url())
    assert "Set by:" in page.text
    assert page.context["sources"][field].words == "Automation “Fill in”"
    assert page.context["sources"][field].url == f"/admin/automations/{automation.pk}?record={record.pk}"
    revert_operation(written_by(automation)[0], by=ada)
    assert "Set by:" not in browser.get(record.get_absolute_url()).text


def test_who_may_not_view_automations_reads_the_name_without_a_link(ada, bob, make_lead, sign_in):
    make_automation("Fill in", ada)
    lead = make_lead(owner=bob)
    work()
    page = sign_in(bob).get(lead.get_absolute_url())
    assert page.context["sources"]["city"].url == ""
    assert "Automation “Fill in”" in page.text
    assert "/admin/automations" not in page.text


def test_a_status_and_a_description_that_a_rule_set_name_it_too(ada, make_lead, statuses, sign_in):
    steps = (
        ("move", {"status": str(statuses.contacted.pk)}),
        ("set", {"field": "description", "value": "Hello"}),
    )
    make_automation("Begin", ada, *steps)
    lead = make_lead(owner=ada)
    work()
    page = sign_in(ada).get(lead.get_absolute_url())
    lead.refresh_from_db()
    assert {"status_id", "description"} <= set(page.context["sources"])
    assert page.text.count("Set by:") >= 2


def count_queries(browser, url: str) -> int:
    browser.get(url)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        browser.get(url)
    return len(asked)


def test_a_page_asks_nothing_more_for_it_unless_it_has_only_a_part_of_the_changes(
    ada, make_lead, sign_in, monkeypatch
):
    browser, lead = sign_in(ada), make_lead(owner=ada)
    for number in range(3):
        carry_out(verbs.Edit({"city": f"City {number}"}), Lead.objects.filter(pk=lead.pk), by=ada)
    whole = count_queries(browser, lead.get_absolute_url())
    with monkeypatch.context() as patched:
        patched.setattr(
            "crm.work.activities.combined_timeline.TimelineQuery.build_value_sources", lambda self: {}
        )
        assert count_queries(browser, lead.get_absolute_url()) == whole
        part = count_queries(browser, f"{lead.get_absolute_url()}?show=note")
    assert count_queries(browser, f"{lead.get_absolute_url()}?show=note") == part + 1
