"""The log in words: which conditions weren't met, and the log of one record, which its timeline links to."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from automations.models import AutomationRun
from crm.records.history.verb_execution import operation
from leads.models import Lead
from tests.automations.automating import make_automation, work

pytestmark = pytest.mark.django_db

# Conditions, the values of a lead, and what the log says wasn't met.
UNMET = {
    "one of one": ("vip=yes", {"vip": False}, ["VIP yes"]),
    "one of two": ("vip=yes&country=RO", {"vip": True, "country": "CZ"}, ["country Romania"]),
    "both of two": ("vip=yes&country=RO", {"vip": False, "country": "CZ"}, ["VIP yes", "country Romania"]),
    "none of the alternatives": (
        "any.country=RO&any.vip=yes",
        {"vip": False, "country": "CZ"},
        ["country Romania or VIP yes"],
    ),
    "an excluded value": ("country=RO&country_not=on", {"country": "RO"}, ["country not Romania"]),
    "a condition": ("city.contains=Cl", {"city": "Brno"}, ["city contains “Cl”"]),
}


@pytest.mark.parametrize(("conditions", "values", "unmet"), UNMET.values(), ids=UNMET.keys())
def test_the_log_says_which_conditions_were_not_met(sign_in, ada, make_lead, conditions, values, unmet):
    automation = make_automation("Cluj", ada, conditions=conditions)
    make_lead(**values)
    work()
    page = sign_in(ada).get(f"/admin/automations/{automation.pk}")
    (line,) = page.context["lines"]
    assert sorted(line.unmet) == sorted(unmet)
    assert f"Not met: {line.unmet[0]}" in page.text


def test_the_conditions_of_then_are_named_after_the_automation_has_changed(sign_in, ada, make_lead):
    automation = make_automation("Cluj", ada, conditions="vip=yes")
    make_lead(vip=False)
    work()
    with operation("test", by=None):
        type(automation).objects.filter(pk=automation.pk).update(conditions="country=RO")
    (line,) = sign_in(ada).get(f"/admin/automations/{automation.pk}").context["lines"]
    assert line.unmet == ["VIP yes"]


def test_a_hundred_records_take_one_query_to_say_why_and_no_more_are_logged(ada, lead_of, monkeypatch):
    monkeypatch.setattr("automations.running.run_log.LOGGED_UNMET", 3)
    automation = make_automation("Cluj", ada, conditions="vip=yes&country=RO")
    counts = []
    for number in (1, 5):
        with operation("test", by=None):
            Lead.objects.bulk_create([lead_of(vip=False) for _one in range(number)])
        with CaptureQueriesContext(connection) as found:
            work()
        counts.append(len(found))
    assert counts[0] == counts[1]
    assert AutomationRun.objects.of_automation(automation.pk).count() == 4


def test_the_timeline_links_to_the_log_of_the_record_for_those_who_may_open_it(sign_in, ada, ann, make_lead):
    automation = make_automation("Cluj", ada)
    lead, other = make_lead(owner=ann), make_lead("Ana Albu")
    work()
    link = f"/admin/automations/{automation.pk}?record={lead.pk}"
    assert f'href="{link}"' in sign_in(ada).get(f"/admin/leads/{lead.pk}").text
    page = sign_in(ada).get(link)
    assert [line.record for line in page.context["lines"]] == [lead] != [other]
    assert page.context["of_record"] == lead
    text = sign_in(ann).get(f"/admin/leads/{lead.pk}").text
    assert "Automation “Cluj”" in text
    assert link not in text


def test_a_deleted_automation_is_no_link(sign_in, ada, make_lead):
    automation = make_automation("Cluj", ada)
    lead = make_lead()
    work()
    with operation("test", by=None):
        type(automation).objects.filter(pk=automation.pk).retire()
    text = sign_in(ada).get(f"/admin/leads/{lead.pk}").text
    assert "Automation “Cluj”" in text
    assert "/admin/automations/" not in text.split('id="timeline"')[1]


def test_the_log_of_a_record_that_its_reader_does_not_see_is_empty(sign_in, ada, make_lead):
    automation = make_automation("Cluj", ada)
    make_lead()
    work()
    for text in ("999999999", "x", "9" * 30):
        page = sign_in(ada).get(f"/admin/automations/{automation.pk}?record={text}")
        assert (page.status_code, page.context["of_record"]) == (200, None)
