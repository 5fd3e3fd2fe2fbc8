"""Conversions in parts, by their own action and by a move to a won status, and records of another kind."""

import pytest

from crm.models import Job, Operation
from crm.records.history.verb_execution import carry_out
from customers.conversion.conversion_verb import Convert
from customers.models import Company, Contact
from leads import verbs
from leads.models import Lead
from tests.crm.records.history.multi_part_changes.parting import (
    browser,
    leads,
    previewed,
    run,
    small_parts,
    started,
)
from tests.reading import close_up

__all__ = ["browser", "leads", "small_parts"]
pytestmark = pytest.mark.django_db(databases=["default", "progress"])


@pytest.fixture
def one_company(ann, leads):
    """The first and the last lead, in different parts, are of the same company."""
    at_it = Lead.objects.filter(pk__in=[leads[0].pk, leads[4].pk])
    carry_out(verbs.Edit({"company": "Omnia SRL"}), at_it, by=ann)


def test_the_preview_of_a_conversion_in_parts_tells_what_its_first_part_adds(browser, one_company):
    page = close_up(browser.get(previewed(browser, "convert")).text)
    assert "This preview checked only the first 2 records." in page
    assert "<b>2</b>will change" in page
    assert "Will be added: 1 company, 2 contacts." in page
    assert "up to 5 leads" in page


def test_leads_of_one_new_company_in_two_parts_share_it(browser, one_company):
    run(started(browser, previewed(browser, "convert")))
    record = Operation.objects.whole().get(kind="convert")
    assert (record.changed, record.parts_left) == (5, 0)
    assert Lead.objects.filter(client=Company.objects.get()).count() == 2
    assert Contact.objects.count() == 5
    page = browser.get(f"/admin/operations/{record.pk}")
    assert {section.kind.name: len(section.rows) for section in page.context["sections"]} == {
        "lead": 5,
        "contact": 5,
        "company": 1,
    }


def test_the_undo_of_a_conversion_in_parts_removes_what_it_added(browser, one_company):
    run(started(browser, previewed(browser, "convert")))
    record = Operation.objects.whole().get(kind="convert")
    page = close_up(browser.get(f"/admin/operations/{record.pk}/undo").text)
    assert "<b>5 contacts, 1 company</b> that this change added move to Trash." in page
    assert "This will undo the change to <b>5 leads</b>." in page
    run(started(browser, f"/admin/operations/{record.pk}/undo"))
    assert not Lead.objects.exclude(client=None, client_contact=None).exists()
    assert not Company.objects.present().exists()
    assert not Contact.objects.present().exists()


def test_leads_moved_to_a_won_status_in_parts_are_converted_in_each(browser, one_company, statuses):
    address = previewed(browser, "status")
    asked = f"{address}&status={statuses.won.pk}"
    assert "<b>5</b>will change" in close_up(browser.get(asked).text)
    run(started(browser, address, status=str(statuses.won.pk)))
    record = Operation.objects.whole().get(kind="move")
    assert (record.changed, record.parts_left) == (5, 0)
    assert Lead.objects.filter(status=statuses.won, client_contact__isnull=False).count() == 5
    assert Company.objects.count() == 1


def test_companies_change_in_parts_and_back(browser, ann, bob, small_parts, make_company):
    made = [make_company(f"Vega {number}", owner=ann) for number in range(5)]
    address = browser.post("/admin/companies/bulk?all=1", {"action": "bin", "all": "1"})["Location"]
    assert "These records will change in 3 parts instead of all at once." in close_up(
        browser.get(address).text
    )
    assert run(started(browser, address)).state == "finished"
    record = Operation.objects.whole().get(kind="bin")
    assert (record.table, record.part_count, record.changed) == ("company", 3, 5)
    assert not Company.objects.present().exists()
    assert "5 companies moved to Trash" in browser.get("/admin/operations").text
    run(started(browser, f"/admin/operations/{record.pk}/undo"))
    assert set(Company.objects.present()) == set(made)
    assert not Job.objects.unfinished().exists()


def test_the_preview_of_a_conversion_plans_no_more_leads_than_it_can_in_a_few_seconds(
    browser, leads, monkeypatch
):
    monkeypatch.setattr(Convert, "judges_together", 1)
    found = browser.get(previewed(browser, "convert")).context
    assert (found["judged"], found["unjudged"], len(found["outcome"].changed)) == (1, 4, 1)
