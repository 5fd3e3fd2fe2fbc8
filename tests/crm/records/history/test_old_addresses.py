"""The old address of a merged record leads to the one that it was merged into, for those who see that one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.records.history.verb_execution import operation
from leads.models import Lead
from mailboxes.receiving.record_lookup import _find_present_record
from tests.merged import as_merged


@pytest.fixture
def two(make_lead, ann):
    one, other = make_lead("Ana Albu", owner=ann), make_lead("Ana Pop", owner=ann)
    as_merged(one, other)
    return one, other


def page(record, rest: str = "") -> str:
    return f"{record.get_absolute_url()}{rest}"


def main_of(answer) -> str:
    return answer.text.partition("<main")[2]


def test_the_old_address_leads_to_the_survivor_and_says_so(sign_in, ann, two):
    browser, (one, other) = sign_in(ann), two
    answer = browser.get(page(one))
    assert (answer.status_code, answer["Location"]) == (302, page(other))
    assert "Ana Albu was merged into Ana Pop." in browser.get(page(other)).text
    assert browser.get(page(one, "?list=owner%3Dme"))["Location"] == page(other)


def test_records_with_the_same_name_are_told_apart_by_number(sign_in, ann, make_lead):
    one, other = make_lead("Ana Pop", owner=ann), make_lead("Ana Pop", owner=ann)
    as_merged(one, other)
    browser = sign_in(ann)
    browser.get(page(one))
    assert f"Lead #{one.pk} was merged into Ana Pop." in browser.get(page(other)).text


def test_contacts_and_companies_lead_on_too(sign_in, ann, make_contact, make_company):
    for make in (make_contact, make_company):
        one, other = make("One"), make("Other")
        as_merged(one, other)
        assert sign_in(ann).get(page(one))["Location"] == page(other)


def test_who_does_not_see_the_merged_record_is_not_told_its_name(sign_in, ann, make_lead, departments):
    one = make_lead("Secret Name", department=departments.export)
    other = make_lead("Ana Pop", owner=ann)
    as_merged(one, other)
    browser = sign_in(ann)
    for rest in ("", "/edit", "/why"):
        answer = browser.get(page(one, rest))
        assert (answer.status_code, answer["Location"]) == (302, page(other))
    text = browser.get(page(other)).text
    assert f"Lead #{one.pk} was merged into Ana Pop." in text
    assert "Secret Name" not in text


def test_who_does_not_see_the_survivor_gets_the_same_answer_as_for_no_record(
    sign_in, ann, make_lead, departments
):
    one, other = (make_lead(name, department=departments.export) for name in ("Hidden One", "Hidden Other"))
    as_merged(one, other)
    browser = sign_in(ann)
    missing = browser.get(f"/admin/leads/{other.pk + 1000}")
    answer = browser.get(page(one))
    assert (answer.status_code, missing.status_code) == (404, 404)
    assert main_of(answer) == main_of(missing)


def test_a_merged_record_opens_from_trash_and_names_the_survivor(sign_in, ada, two):
    browser, (one, other) = sign_in(ada), two
    assert f"{page(one)}?trash=1" in browser.get("/admin/leads/trash").text
    answer = browser.get(page(one, "?trash=1"))
    assert answer.status_code == 200
    assert "In Trash since" in answer.text
    assert f'<a class="link" href="{page(other)}">Ana Pop</a>' in answer.text
    assert browser.get(page(one, "?show=all")).status_code == 200


def test_nothing_sent_to_the_old_address_reaches_the_survivor(sign_in, ada, ann, make_lead, departments):
    one, other = make_lead("Secret", department=departments.export), make_lead("Ana Pop", owner=ann)
    as_merged(one, other)
    browser = sign_in(ann)
    for rest in ("/edit", "/delete", "/take", "/restore", "/purge"):
        answer = browser.post(page(one, rest), {"last_name": "Changed"})
        assert answer.status_code == 404
        assert f"Lead #{one.pk} was merged into Ana Pop." in answer.text
    other.refresh_from_db()
    assert (other.last_name, other.deleted_at) == ("Pop", None)


def test_several_merges_lead_to_the_last_record_even_after_the_first_is_deleted_permanently(
    sign_in, ann, make_lead
):
    one, two, three = (make_lead(name, owner=ann) for name in ("One", "Two", "Three"))
    as_merged(one, two)
    as_merged(two, three)
    with operation("test", by=None):
        Lead.objects.filter(pk=one.pk).delete()
    assert sign_in(ann).get(page(one))["Location"] == page(three)


def test_the_page_of_another_record_costs_no_more_queries(sign_in, ann, make_lead):
    lead, browser = make_lead("Ana Pop", owner=ann), sign_in(ann)
    browser.get(page(lead))
    with CaptureQueriesContext(connection) as found:
        browser.get(page(lead))
    assert not any("mergedrecord" in query["sql"] for query in found)


def test_an_email_that_names_a_merged_record_belongs_to_the_survivor(two):
    one, other = two
    assert _find_present_record("lead", one.pk) == ("lead", other.pk)
    assert _find_present_record("lead", other.pk) == ("lead", other.pk)
    assert _find_present_record("lead", other.pk + 1000) is None
