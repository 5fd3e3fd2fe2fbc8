"""Deals on the pages of what they are linked to, in files, in programs, and in another currency."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from crm.models import Change, Import, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Purge
from customers.companies.kind import COMPANY
from customers.deals.verbs import Move
from customers.models import Deal
from leads.models import Rate
from leads.settings.exchange_rates import recompute_base_values
from tests.api.conftest import Program, make_token
from tests.crm.transfer.imports.importing import answer_plan, apply, choose, verdicts, work, workbook

LIST = "/admin/deals"


def test_the_pages_of_company_contact_and_lead_list_the_deals_that_the_user_sees(
    ann, deal, make_deal, make_contact, make_lead, omnia, bob, departments, sign_in
):
    contact, lead = make_contact(owner=bob), make_lead(owner=bob)
    with operation("test", by=None):
        Deal.objects.update(contact=contact, lead=lead)
    links = {"company": omnia, "contact": contact, "lead": lead}
    make_deal("Hidden", department=departments.export, owner=None, **links)
    browser = sign_in(ann)
    for record in (omnia, contact, lead):
        page = browser.get(record.get_absolute_url()).text
        assert "200 licenses" in page
        assert "Hidden" not in page
        assert f"{LIST}/new?{record.table}={record.pk}" in page


def test_a_company_without_deals_offers_the_first_one_and_a_lead_says_nothing(
    ann, omnia, make_lead, bob, sign_in
):
    browser = sign_in(ann)
    assert "No deals yet." in browser.get(omnia.get_absolute_url()).text
    assert "No deals yet." not in browser.get(make_lead(owner=bob).get_absolute_url()).text


def test_who_may_not_view_deals_sees_none_of_them_on_other_pages(deal, omnia, someone_with, sign_in):
    eve = someone_with("view_company", "see_all")
    assert "200 licenses" not in sign_in(eve).get(omnia.get_absolute_url()).text


def test_tasks_about_deals_are_listed_although_deals_have_no_phone(deal, ann, make_task, sign_in):
    make_task("Send the contract", deal, user=ann, due_on=date(2026, 1, 5))
    browser = sign_in(ann)
    for address in ("/admin/tasks", "/admin/today", f"{LIST}/{deal.pk}"):
        assert "Send the contract" in browser.get(address).text, address


def test_deleting_a_company_permanently_unlinks_its_deals_and_undo_links_them_again(ada, deal, omnia):
    rows = COMPANY.model.objects.filter(pk=omnia.pk)
    carry_out(Delete(), rows, by=ada)
    carry_out(Purge(), rows, by=ada)
    deal.refresh_from_db()
    assert deal.company is None
    revert_operation(Operation.objects.get(kind="purge"), by=ada)
    deal.refresh_from_db()
    assert deal.company_id == omnia.pk


def test_the_timeline_names_the_stages(ann, deal, statuses, sign_in):
    carry_out(Move(statuses.negotiation), Deal.objects.all(), by=ann)
    page = sign_in(ann).get(f"{LIST}/{deal.pk}").text
    assert "moved this deal" in page
    assert Change.objects.of_row("deal", deal.pk).count() == 2


def test_a_new_rate_changes_the_amounts_of_deals_in_the_base_currency(make_deal):
    deal = make_deal(value=Decimal(100), currency="USD")
    assert deal.base_value is None
    with operation("test", by=None):
        Rate.objects.create(currency="USD", day=date(2020, 1, 1), rate=Decimal("0.5"))
    assert recompute_base_values("USD") == 1
    deal.refresh_from_db()
    assert deal.base_value == 50


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_a_file_of_deals_comes_back_with_its_changes_and_new_rows(deal, ann, statuses, sign_in):
    browser = sign_in(ann)
    data = b"".join(
        browser.post(f"{LIST}/export/write", {"columns": "all", "format": "xlsx"}).streaming_content
    )
    head, row = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
    assert (row[head.index("Company")], row[head.index("Stage")]) == (
        f"Omnia (#{deal.company_id})",
        "Qualification",
    )
    changed = [value if name != "Stage" else "Negotiation" for name, value in zip(head, row, strict=True)]
    cells = {"Name": "Pilot", "Stage": "Proposal", "Amount": 1200, "Probability": 55}
    lost = {"Name": "Gone", "Stage": "Lost"}
    file = io.BytesIO(workbook([head, changed, *([new.get(name) for name in head] for new in (cells, lost))]))
    file.name = "deals.xlsx"
    browser.post(f"{LIST}/import", {"file": file})
    work()
    imported = choose(browser, Import.objects.get(), "columns")
    assert verdicts(imported) == {"new": 1, "changed": 1, "error": 1}
    apply(browser, answer_plan(browser, imported))
    deal.refresh_from_db()
    assert (deal.status, deal.company.name) == (statuses.negotiation, "Omnia")
    pilot = Deal.objects.exclude(pk=deal.pk).get()
    assert (pilot.name, pilot.status, pilot.value, pilot.probability) == (
        "Pilot",
        statuses.deal_proposal,
        1200,
        55,
    )


def test_programs_read_and_write_deals(ann, deal, omnia, statuses):
    program = Program(make_token(ann), "Authorization", "Bearer ")
    found = program.get(f"/api/v2/deals/{deal.pk}")
    assert (found["company"], found["status"], found["kind"]) == (omnia.pk, deal.status_id, "qualified")
    values = {"status": statuses.negotiation.pk, "probability": 80}
    program.patch(f"/api/v2/deals/{deal.pk}", values, **{"If-Match": '"1"'})
    deal.refresh_from_db()
    assert (deal.status, deal.probability) == (statuses.negotiation, 80)
    values = {"status": statuses.new.pk}
    problem = program.patch(f"/api/v2/deals/{deal.pk}", values, expect=422, **{"If-Match": '"2"'})
    assert [error["parameter"] for error in problem["errors"]] == ["status"]
    stages = program.get("/api/v2/deal-stages")["deal_stages"]
    assert [(row["name"], row["probability"]) for row in stages] == [
        ("Qualification", 10),
        ("Proposal", 40),
        ("Negotiation", 70),
        ("Won", 100),
        ("Lost", 0),
    ]
    assert [row["name"] for row in program.get("/api/v2/deal-pipelines")["deal_pipelines"]] == ["Deals"]
