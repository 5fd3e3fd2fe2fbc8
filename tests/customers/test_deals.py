"""Deals: their stages and probability, amounts, links, board and files. What all kinds of records have is tested for leads
and companies."""

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.utils import timezone

from crm.models import Change, Import, Operation
from crm.records.change import carry_out, operation
from crm.records.undo import undo
from crm.records.verbs import Delete, Purge
from customers.companies.kind import COMPANY
from customers.deals.verbs import Edit, Move
from customers.models import Deal
from leads.models import LostReason, Rate, Status
from leads.settings.exchange import recompute
from tests.api.conftest import Program, make_token
from tests.leads.importing import answer_plan, apply, choose, verdicts, work, workbook

LIST = "/admin/deals"


@pytest.fixture
def omnia(make_company, bob):
    return make_company("Omnia", owner=bob)


@pytest.fixture
def deal(make_deal, omnia, bob):
    return make_deal("200 licenses", company=omnia, owner=bob, value=Decimal(12000))


@pytest.fixture
def reason(db):
    return LostReason.objects.shipped("budget")


def form(departments, statuses, **values) -> dict:
    given = {"name": "Yearly supply", "department": departments.sales.pk, "status": statuses.qualification.pk}
    return {**given, "currency": "EUR", **values}


def test_a_deal_starts_in_the_first_stage_of_its_pipeline(ann, departments, statuses, omnia, sign_in):
    browser = sign_in(ann)
    page = browser.get(f"{LIST}/new?company={omnia.pk}")
    assert page.context["form"]["status"].value() == statuses.qualification
    assert f'value="Omnia (#{omnia.pk})"' in page.text
    browser.post(f"{LIST}/new", form(departments, statuses, company="Omnia", value="12,500", probability=""))
    deal = Deal.objects.get()
    assert (deal.company, deal.value, deal.probability, deal.likelihood) == (omnia, 12500, None, 10)
    assert deal.base_value == 12500


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"probability": "101"}, "probability"),
        ({"probability": "-1"}, "probability"),
        ({"value": "-5"}, "value"),
        ({"expected_close": "soon"}, "expected_close"),
        ({"currency": "XYZ"}, "currency"),
        ({"company": "Nowhere"}, "company"),
        ({"lead": "#999999"}, "lead"),
    ],
)
def test_bad_input_is_an_error_on_its_field_and_writes_nothing(
    values, field, ann, departments, statuses, sign_in
):
    answer = sign_in(ann).post(f"{LIST}/new", form(departments, statuses, **values))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Deal.objects.exists()


def test_a_deal_can_not_get_a_status_of_leads(ann, deal, departments, statuses, sign_in):
    browser = sign_in(ann)
    answer = browser.post(f"{LIST}/new", form(departments, statuses, status=statuses.new.pk))
    assert list(answer.context["form"].errors) == ["status"]
    assert browser.post(f"{LIST}/{deal.pk}/move", {"status": statuses.new.pk}).status_code == 404
    assert browser.post(f"{LIST}/board/{deal.pk}/move", {"column": statuses.new.pk}).status_code == 404
    assert browser.post(f"{LIST}/{deal.pk}/inline/status", {"status": statuses.new.pk}).status_code == 422
    outcome = carry_out(Move(statuses.new), Deal.objects.all(), by=ann)
    assert outcome.refused == {"other_pipeline": [deal.pk]}
    outcome = carry_out(Edit({"status": statuses.new}), Deal.objects.all(), by=ann)
    assert outcome.refused == {"other_pipeline": [deal.pk]}


def test_a_lost_deal_needs_a_reason_and_an_open_one_has_none(ann, deal, statuses, reason, sign_in):
    browser = sign_in(ann)
    answer = browser.post(f"{LIST}/{deal.pk}/move", {"status": statuses.deal_lost.pk})
    assert "lost_reason" in answer.context["form"].fields
    values = {
        "status": statuses.deal_lost.pk,
        "filled": "1",
        "lost_reason": reason.pk,
        "lost_remark": "Later",
    }
    browser.post(f"{LIST}/{deal.pk}/move", values)
    deal.refresh_from_db()
    assert (deal.status, deal.lost_reason, deal.lost_remark) == (statuses.deal_lost, reason, "Later")
    assert deal.closed_at is not None
    browser.post(f"{LIST}/{deal.pk}/move", {"status": statuses.negotiation.pk})
    deal.refresh_from_db()
    assert (deal.lost_reason, deal.lost_remark, deal.closed_at) == (None, "", None)


def test_a_move_records_since_when_and_its_undo_puts_the_time_back(ann, deal, statuses):
    with operation("test", by=None):
        Deal.objects.update(status_since=deal.created_at)
    before = Deal.objects.get()
    carry_out(Move(statuses.deal_won), Deal.objects.all(), by=ann)
    won = Deal.objects.get()
    assert won.closed_at is not None
    assert won.status_since >= before.status_since
    undo(Operation.objects.latest("pk"), by=ann)
    after = Deal.objects.get()
    assert (after.status, after.status_since, after.closed_at) == (deal.status, before.status_since, None)


def test_a_stage_requires_fields_of_deals_whatever_the_way_in(ann, deal, statuses, sign_in):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.negotiation.pk).update(required_fields=["expected_close"])
    browser = sign_in(ann)
    answer = browser.post(f"{LIST}/{deal.pk}/move", {"status": statuses.negotiation.pk})
    assert list(answer.context["form"].fields) == ["expected_close"]
    stage = Status.objects.get(pk=statuses.negotiation.pk)
    assert list(carry_out(Move(stage), Deal.objects.all(), by=ann).refused) == ["needs:expected_close"]
    page = browser.get(f"{LIST}/{deal.pk}").text
    assert "requires expected close" in page
    values = {"status": stage.pk, "filled": "1", "expected_close": "2030-05-01"}
    browser.post(f"{LIST}/{deal.pk}/move", values)
    deal.refresh_from_db()
    assert (deal.status, deal.expected_close) == (stage, date(2030, 5, 1))


def test_the_board_has_a_column_for_each_open_stage_with_its_amount(
    ann, deal, make_deal, bob, statuses, sign_in
):
    make_deal("Spare parts", owner=bob, status=statuses.negotiation, value=Decimal(500))
    page = sign_in(ann).get(f"{LIST}/board?all=1")
    assert [column.row for column in page.context["columns"]] == [
        statuses.qualification,
        statuses.deal_proposal,
        statuses.negotiation,
    ]
    assert "200 licenses" in page.text
    assert "12,000" in sign_in(ann).get(f"{LIST}/board/figures?all=1").text


def test_a_card_is_moved_to_another_stage(ann, deal, statuses, sign_in):
    values = {"column": statuses.negotiation.pk, "version": deal.version}
    sign_in(ann).post(f"{LIST}/board/{deal.pk}/move", values)
    deal.refresh_from_db()
    assert deal.status == statuses.negotiation


def test_the_probability_is_its_own_or_that_of_the_stage(ann, deal, statuses, sign_in):
    page = sign_in(ann).get(f"{LIST}/{deal.pk}").text
    assert "10% <span" in page
    with operation("test", by=None):
        Deal.objects.update(probability=65)
    assert "65%" in sign_in(ann).get(f"{LIST}/{deal.pk}").text
    assert "65%" in sign_in(ann).get(f"{LIST}?all=1").text


def test_open_deals_whose_expected_close_has_passed_are_overdue(ann, make_deal, statuses, bob, sign_in):
    past = timezone.localdate() - timedelta(days=1)
    late = make_deal("Late", owner=bob, expected_close=past)
    make_deal("Won", owner=bob, expected_close=past, status=statuses.deal_won)
    make_deal("Soon", owner=bob, expected_close=past + timedelta(days=1))
    found = sign_in(ann).get(f"{LIST}?all=1&overdue=yes").context["listing"].page(50).ids
    assert found == [late.pk]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=licens", {"200 licenses"}),
        ("company.contains=omn", {"200 licenses"}),
        ("company.empty=yes", {"Spare parts"}),
        ("value.over=600", {"200 licenses"}),
        ("kind=proposal", {"Spare parts"}),
        ("close=none", {"200 licenses", "Spare parts"}),
    ],
)
def test_deals_are_found(query, names, ann, deal, make_deal, bob, statuses, sign_in):
    make_deal("Spare parts", owner=bob, status=statuses.negotiation, value=Decimal(500))
    listing = sign_in(ann).get(f"{LIST}?all=1&{query}").context["listing"]
    found = Deal.objects.filter(pk__in=listing.page(50).ids)
    assert set(found.values_list("name", flat=True)) == names


def test_the_stage_of_several_deals_is_changed_and_undone(ann, deal, make_deal, bob, statuses, sign_in):
    make_deal("Spare parts", owner=bob)
    browser = sign_in(ann)
    preview = browser.post(f"{LIST}/bulk", {"action": "status", "all": "1"}).url
    browser.post(preview, {"status": statuses.negotiation.pk})
    assert set(Deal.objects.values_list("status__key", flat=True)) == {"negotiation"}
    undo(Operation.objects.latest("pk"), by=ann)
    assert set(Deal.objects.values_list("status__key", flat=True)) == {"qualification"}


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


def test_deleting_a_company_permanently_unlinks_its_deals_and_undo_links_them_again(ada, deal, omnia):
    rows = COMPANY.model.objects.filter(pk=omnia.pk)
    carry_out(Delete(), rows, by=ada)
    carry_out(Purge(), rows, by=ada)
    deal.refresh_from_db()
    assert deal.company is None
    undo(Operation.objects.get(kind="purge"), by=ada)
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
    assert recompute("USD") == 1
    deal.refresh_from_db()
    assert deal.base_value == 50


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_a_file_of_deals_comes_back_with_its_changes_and_new_rows(deal, ann, statuses, sign_in):
    browser = sign_in(ann)
    data = b"".join(
        browser.post(f"{LIST}/export/write", {"columns": "all", "format": "xlsx"}).streaming_content
    )
    head, row = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
    assert (row[head.index("Company")], row[head.index("Stage")]) == ("Omnia", "Qualification")
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
